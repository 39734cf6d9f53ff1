import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { PROVISION } from "../../installation/installations.ts";
import type { Need } from "../../installation/need.ts";
import { Provision } from "../../installation/provision.ts";
import { provisioned } from "../../installation/provisioning.ts";
import { type SettingsPart, SettingsParts } from "../../installation/settings-parts.ts";
import { Work } from "../../work/work.ts";
import { Mirror } from "./mirror.service.ts";

/** Has everybody shown anew when what they are shown by has changed: roles, mapped fields, the list. */
@Injectable()
export class MirrorUpkeep implements Need, SettingsPart, OnModuleInit {
  constructor(
    private readonly provision: Provision,
    private readonly parts: SettingsParts,
    private readonly accounts: Accounts,
    private readonly work: Work,
    private readonly mirror: Mirror,
  ) {}

  onModuleInit() {
    this.provision.register(this);
    this.parts.add(this);
  }

  async check() {
    return [];
  }

  /** What was said in a dry run is shown after it. What is called and kept how in Kommo is made there first. */
  async saved(tx: Tx, accountId: number, before: Settings, settings: Settings) {
    if (before.dryRun && !settings.dryRun) await this.mirror.everybody(tx, accountId);
    if (isDeepStrictEqual(before.committee, settings.committee)) return;
    await this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "interactive" }]);
  }

  async provide() {
    return { found: {}, isNew: false };
  }

  async completes(tx: Tx, accountId: number) {
    const account = await this.accounts.read(tx, accountId);
    const { contactFields, roles, list, mirroredBy } = provisioned.parse(account.provisioned);
    if (list) await this.mirror.ensureList(tx, accountId);
    const by = hash({ contactFields, roles, list, settings: settingsOf(account).committee.roles });
    if (by === mirroredBy) return;
    await tx.query("UPDATE account SET provisioned = provisioned || $1", [JSON.stringify({ mirroredBy: by })]);
    this.accounts.forgetAfter(tx, accountId);
    await this.mirror.everybody(tx, accountId);
  }
}

function hash(what: object): string {
  return createHash("sha256").update(JSON.stringify(what)).digest("base64url");
}
