import type { InputIssue } from "@dealscope/shared/api-error";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import type { AccountEntity } from "./account.entity.ts";

/** What a feature has to say about its part of an account's settings. */
export interface SettingsPart {
  /** What is wrong with settings that somebody wants to save: one sentence each, `path` is where it stands. */
  check(tx: Tx, account: AccountEntity, settings: Settings): Promise<InputIssue[]>;
  /** Told in the transaction that saves them. */
  saved?(tx: Tx, accountId: number, before: Settings, settings: Settings): Promise<void>;
}

/** Features whose settings are saved with all others, but which are known nowhere else. */
@Injectable()
export class SettingsParts {
  private readonly parts: SettingsPart[] = [];

  add(part: SettingsPart) {
    this.parts.push(part);
  }

  async check(tx: Tx, account: AccountEntity, settings: Settings): Promise<InputIssue[]> {
    const issues: InputIssue[] = [];
    for (const part of this.parts) issues.push(...(await part.check(tx, account, settings)));
    return issues;
  }

  async saved(tx: Tx, accountId: number, before: Settings, settings: Settings) {
    for (const part of this.parts) await part.saved?.(tx, accountId, before, settings);
  }
}
