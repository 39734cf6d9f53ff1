import type { ReportDeals } from "@dealscope/shared/reports";
import { Accounts } from "../src/installation/accounts.ts";
import { Browser } from "./widget-api-kit.ts";
import type { Installed, World } from "./world.ts";

/** A deal as its history tells it. Times are ISO texts, or hours ago. */
export interface TestDeal {
  id: number;
  name?: string;
  value?: number;
  createdAt: string | number;
  /** The stage it was made in; by its place in the pipeline, as `won` and `lost` are. */
  in?: Stage;
  moves?: readonly [to: Stage, at: string | number][];
  rep?: number;
  group?: number;
  segment?: string;
  touchedAt?: string | number;
  contacts?: readonly number[];
  gone?: boolean;
}

export type Stage = number | "won" | "lost";

type Saying = readonly [
  contact: number,
  kind: "role" | "linked" | "unlinked",
  after: string | null,
  at: string | number,
];

/** Writes an account's past straight into the read model, as webhooks and the scan would have over the years. */
export class Past {
  constructor(
    private readonly world: World,
    private readonly account: Installed,
  ) {}

  stage(stage: Stage): number {
    return stage === "won" ? 142 : stage === "lost" ? 143 : this.account.statusIds[stage]!;
  }

  async deal(deal: TestDeal) {
    const moves = deal.moves ?? [];
    const last = moves.at(-1);
    const now = last?.[0] ?? deal.in ?? 0;
    const closedAt = last && (now === "won" || now === "lost") ? last[1] : null;
    await this.look(
      `INSERT INTO lead (account_id, lead_id, name, price, pipeline_id, status_id, responsible_user_id, group_id,
                         kommo_created_at, kommo_updated_at, closed_at, gone, segment, first_touch_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13)`,
      [
        ...[this.account.accountId, deal.id, deal.name ?? `Deal ${deal.id}`, deal.value ?? 0, this.account.pipelineId],
        ...[this.stage(now), deal.rep ?? null, deal.group ?? null, at(deal.createdAt), at(closedAt)],
        ...[deal.gone ? "deleted" : null, deal.segment ?? null, at(deal.touchedAt ?? null)],
      ],
    );
    let from = deal.in ?? 0;
    for (const [to, when] of moves) {
      await this.look(
        `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state)
         SELECT $1, $2, count(*) + 1, $3, $4, $3, $5, $6, 'confirmed' FROM stage_change WHERE account_id = $1 AND lead_id = $2`,
        [this.account.accountId, deal.id, this.account.pipelineId, this.stage(from), this.stage(to), at(when)],
      );
      from = to;
    }
    for (const contact of deal.contacts ?? []) await this.link(deal.id, contact);
  }

  async link(lead: number, contact: number) {
    await this.look(
      `WITH known AS (INSERT INTO contact (account_id, contact_id, name) VALUES ($1, $3::bigint, 'Person ' || $3::bigint) ON CONFLICT DO NOTHING)
       INSERT INTO lead_contact (account_id, lead_id, contact_id) VALUES ($1, $2, $3::bigint)`,
      [this.account.accountId, lead, contact],
    );
  }

  /** What was said of the people of a deal, one after the other; the last of it stands. */
  async said(lead: number, ...sayings: readonly Saying[]) {
    for (const [contact, kind, after, when] of sayings) {
      await this.look(
        `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, after, by_name, at) VALUES ($1, $2, $3, $4, $5, 'Kim', $6)`,
        [this.account.accountId, lead, contact, kind, after, at(when)],
      );
      if (kind !== "role") continue;
      await this.look(
        `INSERT INTO stakeholder (account_id, lead_id, contact_id, role, changed_by) VALUES ($1, $2, $3, $4, 'Kim')
         ON CONFLICT (account_id, lead_id, contact_id) DO UPDATE SET role = excluded.role`,
        [this.account.accountId, lead, contact, after],
      );
    }
  }

  async hold(
    lead: number,
    wanted: Stage,
    since: number,
    ended: [outcome: string, at: number] | null,
    reasons: readonly [kind: string, what: string, contact: number | null, since: number, ended: number | null][],
  ) {
    const [hold] = await this.look<{ id: number }>(
      `INSERT INTO hold (account_id, lead_id, from_pipeline_id, from_status_id, wanted_pipeline_id, wanted_status_id, missing, since, outcome, ended_at)
       VALUES ($1, $2, $3, $4, $3, $5, '[]', $6, $7, $8) RETURNING id`,
      [
        ...[this.account.accountId, lead, this.account.pipelineId, this.stage(0), this.stage(wanted)],
        ...[at(since), ended?.[0] ?? null, at(ended?.[1] ?? null)],
      ],
    );
    for (const [kind, what, contact, from, until] of reasons) {
      await this.look(
        `INSERT INTO hold_reason (account_id, hold_id, kind, what, contact_id, since, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [this.account.accountId, hold!.id, kind, what, contact, at(from), at(until)],
      );
    }
  }

  /** As `datetime_settings` of the account would have told it. */
  async moveTo(timezone: string) {
    await this.look("UPDATE account SET timezone = $2 WHERE account_id = $1", [this.account.accountId, timezone]);
    this.forget();
  }

  async set(settings: object) {
    await this.look("UPDATE account SET settings = $2 WHERE account_id = $1", [
      this.account.accountId,
      JSON.stringify(settings),
    ]);
    this.forget();
  }

  look<Row = Record<string, unknown>>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.world.database.look<Row>(sql, parameters);
  }

  private forget() {
    this.world.server.app.get(Accounts).forget(this.account.accountId);
  }
}

export const BUYING = [
  "decision_maker_qualification",
  "technical_validation",
  "budget_approval",
  "legal_review",
] as const;

/** An account whose first stages are parts of a purchase, in this order; the pipeline needs six for it. */
export async function buyingAccount(world: World, mapped: readonly (string | null)[] = BUYING) {
  const stages = ["Meet", "Try", "Budget", "Legal", "Contract law", "Sign"];
  const account = await world.install({ pipelines: [{ name: "Sales", is_main: true, stages }] });
  const past = new Past(world, account);
  const rules = mapped.map((buyingStage, place) => ({ statusId: account.statusIds[place], buyingStage }));
  await past.set({ gates: { pipelines: [{ pipelineId: account.pipelineId, stages: rules }] } });
  const admin = await Browser.open(world, account.accountId, account.adminId);
  return { account, past, admin };
}

export const idsOf = ({ deals }: ReportDeals) => deals.map(({ id }) => id).sort((a, b) => a - b);

const HOUR_MS = 3_600_000;

function at(time: string | number | null): Date | null {
  if (time === null) return null;
  return typeof time === "string" ? new Date(time) : new Date(Date.now() - time * HOUR_MS);
}
