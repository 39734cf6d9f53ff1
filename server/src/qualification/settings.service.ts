import type { InputIssue } from "@dealscope/shared/api-error";
import { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import { type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { SettingsParts } from "../installation/settings-parts.ts";
import { unknownIn } from "./settings-check.ts";
import { endWaiting } from "./waiting.ts";

/** The settings were changed by somebody else since they were read. */
export class SettingsConflict extends Error {
  constructor(
    readonly currentVersion: number,
    by: string,
  ) {
    super(`${by} has changed the settings meanwhile. Please load them again; what you typed is still here.`);
  }
}

/** The settings name what the account does not have. */
export class UnknownInSettings extends Error {
  constructor(readonly issues: readonly InputIssue[]) {
    super(issues.map(({ message }) => message).join(" "));
  }
}

/** An account's settings: JSON in its row, checked on the way in and completed with defaults on the way out. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly accounts: Accounts,
    private readonly parts: SettingsParts,
  ) {}

  async of(accountId: number): Promise<Settings> {
    return Settings.parse((await this.accounts.get(accountId)).settings);
  }

  async read(tx: Tx, accountId: number): Promise<{ version: number; settings: Settings }> {
    const account = await this.accounts.read(tx, accountId);
    return { version: account.settingsVersion, settings: Settings.parse(account.settings) };
  }

  /**
   * @param told what is known to be wrong already, to be told with the rest
   * @throws UnknownInSettings, or SettingsConflict when `version` is not the one that is stored
   */
  async save(
    tx: Tx,
    accountId: number,
    version: number,
    settings: Settings,
    actor: string,
    told: readonly InputIssue[] = [],
  ): Promise<number> {
    const account = await this.accounts.read(tx, accountId);
    const issues = [
      ...told,
      ...(await unknownIn(tx, account, settings)),
      ...(await this.parts.check(tx, account, settings)),
    ];
    if (issues.length > 0) throw new UnknownInSettings(issues);
    const [rows] = await tx.query(
      `UPDATE account SET settings = $1, settings_version = settings_version + 1
        WHERE settings_version = $2 RETURNING settings_version`,
      [JSON.stringify(settings), version],
    );
    if (rows.length === 0) throw await this.conflict(tx, accountId);
    await tx.query("INSERT INTO audit (account_id, actor, action, detail) VALUES ($1, $2, 'settings changed', $3)", [
      accountId,
      actor,
      JSON.stringify(settings),
    ]);
    const before = Settings.parse(account.settings);
    const [cap, newCap] = [before.monthlyCapDollars, settings.monthlyCapDollars];
    if (cap !== null && (newCap ?? Number.POSITIVE_INFINITY) > cap) await endWaiting(tx, "cap");
    await this.parts.saved(tx, accountId, before, settings);
    this.accounts.forgetAfter(tx, accountId);
    return rows[0].settings_version;
  }

  private async conflict(tx: Tx, accountId: number) {
    const { version } = await this.read(tx, accountId);
    const [last] = await tx.query("SELECT actor FROM audit WHERE action = 'settings changed' ORDER BY id DESC LIMIT 1");
    return new SettingsConflict(version, last?.actor ?? "Somebody else");
  }
}
