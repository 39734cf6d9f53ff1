import type { Settings } from "@dealscope/shared/settings";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import type { AccountEntity } from "../../installation/account.entity.ts";
import { type SettingsPart, SettingsParts } from "../../installation/settings-parts.ts";
import { GatesListener } from "./gates.listener.ts";
import { gateIssues } from "./settings-issues.ts";

/** What becomes of deals when the rules are changed. */
@Injectable()
export class GateSettingsPart implements SettingsPart, OnModuleInit {
  constructor(
    private readonly parts: SettingsParts,
    private readonly listener: GatesListener,
  ) {}

  onModuleInit() {
    this.parts.add(this);
  }

  async check(tx: Tx, account: AccountEntity, settings: Settings) {
    const users: { user_id: number }[] = await tx.query("SELECT user_id FROM kommo_user");
    return gateIssues(settings, account.provisioned, new Set(users.map(({ user_id }) => user_id)));
  }

  async saved(tx: Tx, accountId: number, _: Settings, { gates, dryRun }: Settings) {
    // Nobody follows deals where there are no rules: when there are rules again, they stand where they stand then.
    const ruled = dryRun ? [] : gates.pipelines.filter(({ isOn }) => isOn).map(({ pipelineId }) => pipelineId);
    await tx.query(
      `DELETE FROM gate_place g WHERE pipeline_id <> ALL($1) AND moving_pipeline_id IS NULL
          AND NOT EXISTS (SELECT FROM hold h WHERE h.lead_id = g.lead_id AND ended_at IS NULL)`,
      [ruled],
    );
    await this.listener.lookAtHeld(tx, accountId);
  }
}
