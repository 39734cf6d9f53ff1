import { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import type { AccountEntity } from "../../installation/account.entity.ts";
import { provisioned } from "../../installation/provisioning.ts";
import { type SettingsPart, SettingsParts } from "../../installation/settings-parts.ts";
import { Work } from "../../work/work.ts";
import { rethinkProxied } from "../inbound/event-rows.ts";
import { CUSTOMERIO_SEND } from "../kinds.ts";
import { deleteOtherObjects } from "./deals/other-objects.ts";
import { unknownInEngagement } from "./settings-check.ts";

/** What becomes of what is told, and of what was heard, when an administrator changes how. */
@Injectable()
export class EngagementSettingsPart implements SettingsPart {
  constructor(
    parts: SettingsParts,
    private readonly work: Work,
  ) {
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

  async saved(tx: Tx, accountId: number, before: Settings, settings: Settings) {
    const [was, is] = [before, settings].map(({ dryRun, engagement }) => engagement.isOn && !dryRun);
    if (!was && is) await tx.query("UPDATE customerio_connection SET told_from = app_now()");
    const [counted, counts] = [before, settings].map(({ engagement }) => engagement.effects.proxiedCounts);
    if (counted !== counts) await rethinkProxied(tx, counts!);
    // By another rule, or after a trial, nobody is called for what was over by then.
    if (callRule(before) !== callRule(settings))
      await tx.query("UPDATE customerio_connection SET calls_from = date_trunc('second', app_now())");
    const isOther = before.engagement.objectTypeId !== settings.engagement.objectTypeId;
    const deletes = is && isOther && (await deleteOtherObjects(tx, accountId, settings.engagement.objectTypeId));
    // Whoever sends sees to it that nothing is sent when nothing is to be told.
    if (deletes || (was && !is))
      await this.work.schedule(tx, accountId, [{ kind: CUSTOMERIO_SEND, subject: accountId, priority: "engagement" }]);
  }
}

/** What decides when a call is asked for, in words that can be compared. */
function callRule({ dryRun, engagement }: Settings): string {
  const { isOn, opens, hours, clickCounts } = engagement.effects.call;
  return JSON.stringify([isOn && !dryRun, opens, hours, clickCounts, engagement.effects.proxiedCounts]);
}
