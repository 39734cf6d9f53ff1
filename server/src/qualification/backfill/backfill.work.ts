import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import type { Lead } from "../../kommo/resources.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { QUALIFY, type QualifyDetail } from "../qualify.work.ts";
import { type BackfillRow, findBackfill, hasLeft, markEnded, takeNext } from "./backfill-rows.ts";
import { ABREAST, BACKFILL } from "./backfills.service.ts";

const LOOK_AGAIN_MS = 1_000;

/** First reads page by page which leads are meant; once started, keeps so many of them under way until none is left. */
@Injectable()
export class BackfillWork implements WorkKind, OnModuleInit {
  readonly kind = BACKFILL;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId, subject: id }: WorkItem): Promise<Decision> {
    const row = await this.tenancy.run(accountId, (tx) => findBackfill(tx, id));
    if (row?.state === "counting") return this.count(accountId, row);
    if (row?.state === "running") return this.feed(accountId, id);
    return {};
  }

  /** It cannot be read or kept: whoever looks is not told that it still runs. */
  async onDead(tx: Tx, { subject: id }: WorkItem) {
    await tx.query("UPDATE backfill SET state = 'cancelled', ended_at = app_now() WHERE id = $1 AND ended_at IS NULL", [
      id,
    ]);
  }

  private async count(accountId: number, { id, filter, next_page }: BackfillRow): Promise<Decision> {
    const kommo = await this.clients.of(accountId, "backfill");
    const { items, more } = await kommo.leadsMatching(filter, next_page);
    const open = items.filter((lead: Lead) => !lead.closed_at && !lead.is_deleted).map((lead: Lead) => lead.id);
    const keep = async (tx: Tx) => {
      await tx.query(
        `INSERT INTO backfill_lead (account_id, backfill_id, lead_id)
         SELECT $1, $2, meant.id FROM unnest($3::bigint[]) AS meant (id)
          WHERE NOT $4 OR NOT EXISTS (SELECT FROM verdict v WHERE v.lead_id = meant.id)
         ON CONFLICT DO NOTHING`,
        [accountId, id, open, filter.onlyUnjudged],
      );
      await tx.query(
        "UPDATE backfill SET next_page = $2, state = CASE WHEN $3 THEN state ELSE 'ready' END WHERE id = $1 AND state = 'counting'",
        [id, next_page + 1, more],
      );
    };
    return more ? { keep, again: { afterMs: 0, counts: "nothing", why: "More pages." } } : { keep };
  }

  private async feed(accountId: number, id: number): Promise<Decision> {
    const goesOn = await this.tenancy.run(accountId, async (tx) => {
      // A pause that comes now waits for this, and then takes back what was queued.
      await tx.query("SELECT FROM backfill WHERE id = $1 FOR UPDATE", [id]);
      if ((await findBackfill(tx, id))?.state !== "running") return false;
      await markEnded(tx, id);
      const leadIds = await takeNext(tx, id, ABREAST);
      const requests = leadIds.map((subject) => ({
        ...{ kind: QUALIFY, subject, priority: "backfill" as const },
        detail: { backfillId: id } satisfies QualifyDetail,
      }));
      await this.work.schedule(tx, accountId, requests, { settleMs: 0, atMostMs: 0, hastens: false });
      if (await hasLeft(tx, id)) return true;
      await tx.query("UPDATE backfill SET state = 'done', ended_at = app_now() WHERE id = $1", [id]);
      return false;
    });
    return goesOn ? { again: { afterMs: LOOK_AGAIN_MS, counts: "nothing", why: "Leads are under way." } } : {};
  }
}
