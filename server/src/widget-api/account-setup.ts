import type { Setup } from "@dealscope/shared/setup";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Tenancy } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { type LeadField, leadFields, provisioned } from "../installation/provisioning.ts";
import { hasKnownPrice } from "../openai/prices.ts";
import { ModelService } from "../qualification/model/model.service.ts";
import { PromptVersions } from "../qualification/prompt/prompt-versions.service.ts";

interface Counts {
  now: Date;
  dead_deliveries: number;
  quarantined_deliveries: number;
  dead_work: number;
  dead_writes: number;
  models: string[];
  scans: { kind: string; ran_at: string | null; cursor_at: string; healed: number }[];
}

/** The state of an installation: what is there, what is missing, and what got stuck. */
@Injectable()
export class AccountSetup {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly versions: PromptVersions,
    private readonly models: ModelService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async of(accountId: number): Promise<Setup> {
    return this.tenancy.run(accountId, async (tx) => {
      const account = await this.accounts.read(tx, accountId);
      const [counts]: [Counts] = await tx.query(
        `SELECT app_now() AS now,
           (SELECT count(*) FROM delivery WHERE state = 'dead') AS dead_deliveries,
           (SELECT count(*) FROM delivery WHERE state = 'quarantined') AS quarantined_deliveries,
           (SELECT count(*) FROM work WHERE state = 'dead') AS dead_work,
           (SELECT count(*) FROM write WHERE state = 'dead') AS dead_writes,
           ARRAY(SELECT DISTINCT model FROM model_call WHERE at > app_now() - interval '30 days') AS models,
           (SELECT coalesce(jsonb_agg(s ORDER BY s.kind), '[]') FROM scan s) AS scans`,
      );
      const inForce = this.models.modelOf(await this.versions.published(tx, accountId));
      const made = provisioned.parse(account.provisioned);
      const keys = Object.keys(leadFields) as LeadField[];
      return {
        account: {
          id: accountId,
          name: account.name,
          host: account.host,
          status: account.status === "active" ? "active" : "needs_reconnect",
          statusReason: account.statusReason,
        },
        provisioning: {
          completedAt: made.completedAt,
          fields: keys.filter((key) => made.fields[key] !== undefined),
          missingFields: keys.filter((key) => made.fields[key] === undefined),
          problems: made.problems,
        },
        webhook: {
          state: made.webhook?.state ?? "unknown",
          why: made.webhook?.why ?? null,
          checkedAt: made.webhook?.checkedAt ?? null,
          lastHeardAt: account.lastHeardAt?.toISOString() ?? null,
        },
        hasModelKey: this.config.OPENAI_API_KEY !== undefined,
        unpricedModels: [...new Set([inForce, ...counts.models])].filter((model) => !hasKnownPrice(model)).sort(),
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
        },
        scans: counts.scans.map(({ kind, ran_at, cursor_at, healed }) => ({
          kind,
          ranAt: ran_at && new Date(ran_at).toISOString(),
          cursorAt: new Date(cursor_at).toISOString(),
          healed,
        })),
        at: counts.now.toISOString(),
      };
    });
  }
}
