import { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import type { AccountEntity } from "../../installation/account.entity.ts";
import { provisioned } from "../../installation/provisioning.ts";
import { type SettingsPart, SettingsParts } from "../../installation/settings-parts.ts";
import { unknownInEngagement } from "./settings-check.ts";

/** What becomes of what is told when an administrator changes how. */
@Injectable()
export class EngagementSettingsPart implements SettingsPart {
  constructor(parts: SettingsParts) {
    parts.add(this);
  }

  async check(tx: Tx, account: AccountEntity, settings: Settings) {
    const [connection] = await tx.query("SELECT object_types FROM customerio_connection");
    return unknownInEngagement(settings, {
      before: Settings.parse(account.settings).engagement,
      made: provisioned.parse(account.provisioned),
      objectTypes: connection?.object_types ?? null,
    });
  }

  async saved(tx: Tx, _accountId: number, before: Settings, settings: Settings) {
    const [was, is] = [before, settings].map(({ dryRun, engagement }) => engagement.isOn && !dryRun);
    if (!was && is) await tx.query("UPDATE customerio_connection SET told_from = app_now()");
    if (was && !is) await stopTelling(tx);
  }
}

/** What is not sent by now is sent to nobody; whoever was to be told of it is told anew once deals are told again. */
async function stopTelling(tx: Tx) {
  const [dropped]: [{ person_id: number | null; lead_id: number }[]] = await tx.query(
    `UPDATE customerio_write SET state = 'dropped', reason = NULL, operation = '{}', ended_at = app_now()
      WHERE state = 'due' RETURNING person_id, lead_id`,
  );
  await tx.query("UPDATE customerio_person SET attributes = '{}' WHERE id = ANY($1)", [
    dropped.flatMap(({ person_id }) => person_id ?? []),
  ]);
  await tx.query("UPDATE customerio_deal SET object = NULL WHERE lead_id = ANY($1)", [
    dropped.map(({ lead_id }) => lead_id),
  ]);
}
