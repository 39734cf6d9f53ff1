import type { Setup } from "@dealscope/shared/setup";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import type { AccountEntity } from "../installation/account.entity.ts";
import { Accounts } from "../installation/accounts.ts";
import { PROVISION } from "../installation/installations.ts";
import { type LeadField, leadFields, type Provisioned, provisioned } from "../installation/provisioning.ts";
import { NeedsReconnect } from "../installation/tokens.ts";
import { hasKnownPrice, retirementOf } from "../openai/prices.ts";
import { ModelService } from "../qualification/model/model.service.ts";
import { PromptVersions } from "../qualification/prompt/prompt-versions.service.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { Work } from "../work/work.ts";
import type { Rep } from "./rights.ts";

interface Counts {
  now: Date;
  dead_deliveries: number;
  quarantined_deliveries: number;
  dead_work: number;
  dead_writes: number;
  stuck_customerio: number;
  scans: { kind: string; ran_at: string | null; cursor_at: string; healed: number }[];
  /** The open or dead row of the provisioning. */
  repair: { state: "open" | "dead"; is_now: boolean; last_error: string | null } | null;
  grant: { kind: "oauth" | "long_lived"; by_name: string | null; expires_at: string } | null;
  answered_at: Date | null;
  waits_on: Setup["model"]["waitingFor"];
  /** Asked in the last 30 days. */
  models: string[];
  has_dry_run: boolean;
}

const DAY_MS = 86_400_000;

/** The state of an installation: what is there, what is missing, and what got stuck. */
@Injectable()
export class AccountSetup {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly settings: SettingsService,
    private readonly versions: PromptVersions,
    private readonly models: ModelService,
    private readonly work: Work,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async of(accountId: number): Promise<Setup> {
    return this.tenancy.run(accountId, (tx) => this.show(tx, accountId));
  }

  /**
   * Has everything made in the account looked at, and made again where it is missing: fields, tags, the webhook.
   * @throws NeedsReconnect
   */
  async repair({ accountId, name }: Rep): Promise<Setup> {
    return this.tenancy.run(accountId, async (tx) => {
      if ((await this.accounts.read(tx, accountId)).status !== "active") throw new NeedsReconnect();
      await this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "interactive" }]);
      await tx.query("INSERT INTO audit (account_id, actor, action) VALUES ($1, $2, 'repair asked')", [
        accountId,
        name,
      ]);
      return this.show(tx, accountId);
    });
  }

  private async show(tx: Tx, accountId: number): Promise<Setup> {
    const account = await this.accounts.read(tx, accountId);
    const counts = await count(tx);
    const made = provisioned.parse(account.provisioned);
    const model = await this.modelOf(tx, accountId, counts);
    return {
      account: {
        id: accountId,
        name: account.name,
        host: account.host,
        status: account.status === "active" ? "active" : "needs_reconnect",
        statusReason: account.statusReason,
      },
      provisioning: provisioningOf(made, counts),
      webhook: {
        state: made.webhook?.state ?? "unknown",
        why: made.webhook?.why ?? null,
        checkedAt: made.webhook?.checkedAt ?? null,
        lastHeardAt: account.lastHeardAt?.toISOString() ?? null,
      },
      connection: connectionOf(counts),
      scopes: made.scopes,
      chatHistory: { state: made.chatHistory?.state ?? "unknown", checkedAt: made.chatHistory?.checkedAt ?? null },
      clock: {
        skewSeconds: made.clock && Math.round(made.clock.aheadMs / 1000),
        checkedAt: made.clock?.checkedAt ?? null,
      },
      hasModelKey: this.config.OPENAI_API_KEY !== undefined,
      unpricedModels: [...new Set([model.id, ...counts.models])].filter((id) => !hasKnownPrice(id)).sort(),
      model,
      firstTime: await this.firstTimeOf(tx, account, made, counts),
      pipelines: made.pipelines.map(({ id, name, statuses }) => ({
        id,
        name,
        statuses: statuses.map((status) => ({ id: status.id, name: status.name })),
      })),
      stuck: {
        deadDeliveries: counts.dead_deliveries,
        quarantinedDeliveries: counts.quarantined_deliveries,
        deadWork: counts.dead_work,
        deadWrites: counts.dead_writes,
        customerio: counts.stuck_customerio,
      },
      scans: counts.scans.map(({ kind, ran_at, cursor_at, healed }) => ({
        kind,
        ranAt: ran_at && new Date(ran_at).toISOString(),
        cursorAt: new Date(cursor_at).toISOString(),
        healed,
      })),
      at: counts.now.toISOString(),
    };
  }

  private async modelOf(tx: Tx, accountId: number, { answered_at, waits_on }: Counts): Promise<Setup["model"]> {
    const id = this.models.modelOf(await this.versions.published(tx, accountId));
    const retiresOn = retirementOf(id);
    return {
      id,
      retiresOn,
      daysLeft: retiresOn === null ? null : Math.ceil((Date.parse(retiresOn) - Date.now()) / DAY_MS),
      lastAnsweredAt: answered_at?.toISOString() ?? null,
      waitingFor: waits_on,
    };
  }

  private async firstTimeOf(
    tx: Tx,
    { accountId }: AccountEntity,
    made: Provisioned,
    counts: Counts,
  ): Promise<Setup["firstTime"]> {
    const { firstTime, dryRun } = (await this.settings.read(tx, accountId)).settings;
    const { number } = await this.versions.published(tx, accountId);
    return [
      { key: "triggers", done: firstTime.triggers },
      { key: "fields", done: made.completedAt !== null && fieldsOf(made).every(({ state }) => state === "ready") },
      { key: "icp", done: firstTime.icp || number > 1 },
      { key: "dry_run", done: counts.has_dry_run },
      { key: "switched_on", done: firstTime.switchedOn && !dryRun },
    ];
  }
}

async function count(tx: Tx): Promise<Counts> {
  const [counts] = await tx.query(
    `SELECT app_now() AS now,
       (SELECT count(*) FROM delivery WHERE state = 'dead') AS dead_deliveries,
       (SELECT count(*) FROM delivery WHERE state = 'quarantined') AS quarantined_deliveries,
       (SELECT count(*) FROM work WHERE state = 'dead') AS dead_work,
       (SELECT count(*) FROM write WHERE state = 'dead') AS dead_writes,
       (SELECT count(*) FROM customerio_write WHERE state = 'stuck') AS stuck_customerio,
       (SELECT coalesce(jsonb_agg(s ORDER BY s.kind), '[]') FROM scan s) AS scans,
       (SELECT jsonb_build_object('state', state, 'last_error', last_error,
                 'is_now', state = 'open' AND (due_at <= app_now() OR leased_until > app_now()))
          FROM work WHERE kind = $1) AS repair,
       (SELECT jsonb_build_object('kind', g.kind, 'expires_at', g.access_expires_at,
                 'by_name', (SELECT name FROM kommo_user u WHERE u.user_id = g.user_id))
          FROM oauth_grant g WHERE g.is_the_accounts AND g.access_sealed IS NOT NULL) AS grant,
       (SELECT max(at) FROM model_call WHERE at > app_now() - interval '90 days') AS answered_at,
       (SELECT waits_on FROM work WHERE state = 'open' AND kind = 'qualify'
           AND waits_on IN ('model_unavailable', 'no_key', 'key', 'model', 'quota', 'cap') LIMIT 1) AS waits_on,
       ARRAY(SELECT DISTINCT model FROM model_call WHERE at > app_now() - interval '30 days') AS models,
       EXISTS (SELECT FROM dry_run WHERE ended_at IS NOT NULL) AS has_dry_run`,
    [PROVISION],
  );
  return counts;
}

function connectionOf({ grant }: Counts): Setup["connection"] {
  if (!grant) return null;
  const { kind, by_name: byName, expires_at } = grant;
  return { kind, byName, expiresAt: kind === "long_lived" ? new Date(expires_at).toISOString() : null };
}

function provisioningOf(made: Provisioned, { repair }: Counts): Setup["provisioning"] {
  const states = fieldsOf(made);
  const keys = (isReady: boolean) =>
    states.filter(({ state }) => (state === "ready") === isReady).map(({ key }) => key);
  return {
    completedAt: made.completedAt,
    fields: keys(true),
    missingFields: keys(false),
    fieldStates: states,
    isRunning: repair?.is_now ?? false,
    lastError: repair?.last_error || null,
    problems: made.problems,
  };
}

function fieldsOf(made: Provisioned): Setup["provisioning"]["fieldStates"] {
  return (Object.keys(leadFields) as LeadField[]).map((key) => ({
    key,
    name: leadFields[key].name,
    state: made.fields[key] !== undefined ? "ready" : made.wrongTypes.includes(key) ? "wrong_type" : "missing",
  }));
}
