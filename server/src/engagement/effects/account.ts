import type { EngagementSettings } from "@dealscope/shared/engagement";
import type { Tx } from "../../database/tenancy.ts";
import { settingsOf } from "../../installation/account-settings.ts";
import type { Accounts } from "../../installation/accounts.ts";
import { type Provisioned, provisioned } from "../../installation/provisioning.ts";
import { knownZone } from "../../leads/zone.ts";
import type { Tongue } from "./wording.ts";

/** What an account wants to be done about mails. */
export interface Wishes extends Pick<EngagementSettings, "effects" | "optOutFieldId"> {
  /** Nothing is written into Kommo. */
  dryRun: boolean;
  tongue: Tongue;
  made: Provisioned;
}

export async function wishesOf(tx: Tx, accounts: Accounts, accountId: number): Promise<Wishes> {
  const account = await accounts.read(tx, accountId);
  const { engagement, dryRun } = settingsOf(account);
  return {
    effects: engagement.effects,
    optOutFieldId: engagement.optOutFieldId,
    dryRun,
    tongue: { language: account.language, zone: knownZone(account.timezone) },
    made: provisioned.parse(account.provisioned),
  };
}
