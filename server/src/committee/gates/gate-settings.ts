import { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import type { AccountEntity } from "../../installation/account.entity.ts";
import { KnownLists } from "../../installation/known-lists.ts";
import { type SettingsPart, SettingsParts } from "../../installation/settings-parts.ts";
import { readRules } from "./gate-rules.ts";
import { GatesListener } from "./gates.listener.ts";
import { NativeLock } from "./native-lock.work.ts";
import { gateIssues } from "./settings-issues.ts";

/** What becomes of deals when the rules are changed, or when Kommo no longer has what they speak of. */
@Injectable()
export class GateSettingsPart implements SettingsPart {
  constructor(
    parts: SettingsParts,
    lists: KnownLists,
    private readonly listener: GatesListener,
    private readonly lock: NativeLock,
  ) {
    parts.add(this);
    lists.whenChanged((tx, accountId) => this.listsChanged(tx, accountId));
  }

  async check(tx: Tx, account: AccountEntity, settings: Settings) {
    const users: { user_id: number }[] = await tx.query("SELECT user_id FROM kommo_user");
    const before = Settings.parse(account.settings).gates;
    return gateIssues(settings, before, account.provisioned, new Set(users.map(({ user_id }) => user_id)));
  }

  async saved(tx: Tx, accountId: number, before: Settings, { gates, dryRun }: Settings) {
    // Nobody follows deals where there are no rules: when there are rules again, they stand where they stand then.
    const ruled = dryRun ? [] : gates.pipelines.filter(({ isOn }) => isOn).map(({ pipelineId }) => pipelineId);
    await tx.query(
      `DELETE FROM gate_place g WHERE pipeline_id <> ALL($1) AND moving_pipeline_id IS NULL
          AND NOT EXISTS (SELECT FROM hold h WHERE h.lead_id = g.lead_id AND ended_at IS NULL)`,
      [ruled],
    );
    await this.listener.lookAtHeld(tx, accountId);
    if ([...before.gates.pipelines, ...gates.pipelines].some(({ nativeLock }) => nativeLock))
      await this.lock.ask(tx, accountId);
  }

  private async listsChanged(tx: Tx, accountId: number) {
    await this.listener.lookAtHeld(tx, accountId);
    const { gates } = await readRules(tx);
    if (gates.pipelines.some(({ nativeLock }) => nativeLock)) await this.lock.ask(tx, accountId);
  }
}
