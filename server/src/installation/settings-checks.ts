import type { InputIssue } from "@dealscope/shared/api-error";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import type { AccountEntity } from "./account.entity.ts";

/** What is wrong with settings that a schema cannot see. One sentence each; `path` is where it stands in the settings. */
export type SettingsCheck = (tx: Tx, account: AccountEntity, settings: Settings) => Promise<InputIssue[]>;

/** Each feature knows what its part of the settings may name; settings are saved when none of them finds fault. */
@Injectable()
export class SettingsChecks {
  private readonly all: SettingsCheck[] = [];

  add(check: SettingsCheck) {
    this.all.push(check);
  }

  async issuesIn(tx: Tx, account: AccountEntity, settings: Settings): Promise<InputIssue[]> {
    const issues: InputIssue[] = [];
    for (const check of this.all) issues.push(...(await check(tx, account, settings)));
    return issues;
  }
}
