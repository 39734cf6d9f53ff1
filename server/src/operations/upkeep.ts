import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Doors } from "../database/doors.ts";
import { Tenancy } from "../database/tenancy.ts";
import type { AccountEntity } from "../installation/account.entity.ts";
import { Accounts } from "../installation/accounts.ts";
import { PROVISION } from "../installation/installations.ts";
import { provisioned } from "../installation/provisioning.ts";
import { Resealing } from "../installation/resealing.ts";
import { Tokens } from "../installation/tokens.ts";
import { Work } from "../work/work.ts";
import { Erasure } from "./erasure.ts";
import { Retention } from "./retention.ts";

const EVERY_MS = 60_000;
/** How long an account is left alone after its upkeep; whichever process asks next takes it. */
const PAUSE_MINUTES = 10;
const TOGETHER = 20;
/** Of a BI tool, whatever time limit it has set itself. */
const LONGEST_LOOK_MINUTES = 10;

const HOUR_MS = 3_600_000;
/** Fields and hooks that somebody deleted are made again within this time. */
const PROVISION_EVERY_MS = 24 * HOUR_MS;
/** A hook that Kommo switched off looks like a quiet account, so a quiet one is looked at sooner. */
const PROVISION_WHEN_QUIET_MS = 3 * HOUR_MS;
/** A refresh token that nobody uses dies after three months. */
const GRANT_IDLE_DAYS = 20;

/** What has to be done now and then for every account, asked for by nobody. */
@Injectable()
export class Upkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger("upkeep");
  private timer?: NodeJS.Timeout;
  private busy = false;
  private stopping = false;

  constructor(
    private readonly doors: Doors,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly tokens: Tokens,
    private readonly resealing: Resealing,
    private readonly work: Work,
    private readonly retention: Retention,
    private readonly erasure: Erasure,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap() {
    if (this.config.ROLE === "web") return;
    this.timer = setInterval(() => void this.round(), EVERY_MS);
  }

  onModuleDestroy() {
    this.stopping = true;
    clearInterval(this.timer);
  }

  /** Takes accounts whose turn it is, a few at a time, until there are none. */
  async round() {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.retention.pruneOfNoAccount();
      await this.doors.endLongLooks(LONGEST_LOOK_MINUTES);
      let taken: number[];
      do {
        taken = await this.doors.takeForUpkeep(PAUSE_MINUTES, TOGETHER);
        for (const accountId of taken) if (!this.stopping) await this.lookAfter(accountId);
      } while (taken.length > 0 && !this.stopping);
    } catch (error) {
      this.log.warn(`Upkeep ended early: ${(error as Error).message}`);
    } finally {
      this.busy = false;
    }
  }

  /** One account's trouble is nobody else's. */
  private async lookAfter(accountId: number) {
    try {
      if (await this.erasure.eraseIfDue(accountId)) return;
      await this.retention.prune(accountId);
      await this.resealing.reseal(accountId);
      const account = await this.accounts.get(accountId);
      if (account.status !== "active") return;
      if (isProvisioningDue(account, Date.now())) await this.provision(accountId);
      await this.tokens.refreshIfOlderThan(accountId, GRANT_IDLE_DAYS);
    } catch (error) {
      this.log.warn(`Upkeep of account ${accountId} ended early: ${(error as Error).message}`);
    }
  }

  private async provision(accountId: number) {
    await this.tenancy.run(accountId, (tx) =>
      this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "backfill" }]),
    );
  }
}

function isProvisioningDue(account: AccountEntity, now: number): boolean {
  const { completedAt } = provisioned.parse(account.provisioned);
  const heardAt = account.lastHeardAt?.getTime() ?? 0;
  const isQuiet = now - heardAt > PROVISION_WHEN_QUIET_MS;
  const since = Date.parse(completedAt ?? account.createdAt.toISOString());
  return now - since > (isQuiet ? PROVISION_WHEN_QUIET_MS : PROVISION_EVERY_MS);
}
