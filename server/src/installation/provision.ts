import { Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { isUrgent } from "../queue/priority.ts";
import { Work } from "../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../work/work-kind.ts";
import { AccountLimits } from "./account-limits.ts";
import { Accounts } from "./accounts.ts";
import { Clients } from "./clients.ts";
import { PROVISION, SCAN } from "./installations.ts";
import { LeadFields } from "./lead-fields.ts";
import type { Need } from "./need.ts";
import { type Provisioned, provisioned } from "./provisioning.ts";
import { Users } from "./users.ts";
import { Webhook } from "./webhook.ts";

/**
 * Makes in the account what Dealscope needs, and finds it again when it is there: the users' mirror, fields, the webhook
 * and what features have registered. Safe to repeat at any time; each part is saved when it is done.
 */
@Injectable()
export class Provision implements WorkKind, OnModuleInit {
  readonly kind = PROVISION;
  private readonly log = new Logger("installation");
  private readonly needs: Need[];
  private readonly followers: ((tx: Tx, accountId: number) => Promise<void>)[] = [];

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly users: Users,
    leadFields: LeadFields,
    webhook: Webhook,
    limits: AccountLimits,
  ) {
    this.needs = [leadFields, webhook, limits];
  }

  onModuleInit() {
    this.work.register(this);
  }

  /** A feature says what it needs besides. */
  register(need: Need) {
    this.needs.push(need);
  }

  /** For what is to go on by itself once an account is provisioned, and is looked at again each time it is. */
  whenDone(follow: (tx: Tx, accountId: number) => Promise<void>) {
    this.followers.push(follow);
  }

  async run({ accountId, priority }: WorkItem): Promise<Decision> {
    const kommo = await this.clients.of(accountId, isUrgent(priority) ? "interactive" : "backfill");
    await this.users.mirror(accountId, kommo);
    const problems: string[] = [];
    const ends: { need: Need; isNew: boolean }[] = [];
    for (const need of this.needs) {
      const before = provisioned.parse((await this.accounts.get(accountId)).provisioned);
      const { found, isNew } = await need.provide({ accountId, kommo, before, problems });
      await this.save(accountId, found);
      ends.push({ need, isNew });
    }
    await this.save(accountId, { problems, completedAt: new Date().toISOString() });
    this.log.log(
      `Account ${accountId} is provisioned${problems.length ? ` with problems: ${problems.join(" ")}` : ""}.`,
    );
    // The scan asks for its next run itself; this is how the first one begins, and how a lost one begins again.
    return {
      keep: async (tx) => {
        await this.work.ensure(tx, accountId, { kind: SCAN, subject: accountId, priority: "backfill" });
        for (const { need, isNew } of ends) await need.completes?.(tx, accountId, isNew);
        for (const follow of this.followers) await follow(tx, accountId);
      },
    };
  }

  private async save(accountId: number, part: Partial<Provisioned>) {
    await this.tenancy.run(accountId, (tx) =>
      tx.query("UPDATE account SET provisioned = provisioned || $1", [JSON.stringify(part)]),
    );
    this.accounts.forget(accountId);
  }
}
