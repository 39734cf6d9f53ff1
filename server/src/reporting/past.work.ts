import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../database/lock-leads.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Clients } from "../installation/clients.ts";
import { Provision } from "../installation/provision.ts";
import { saveLeads } from "../leads/lead-rows.ts";
import { moveIn, recallMoves } from "../leads/stage-history.ts";
import { Work } from "../work/work.ts";
import type { Again, Decision, WorkItem, WorkKind } from "../work/work-kind.ts";

const PAST = "past";
/** The scan looks back so far from the moment of connection, and finds there what nobody has announced. */
const SCANNED_MINUTES = 2;
/** Moves are asked for a month at a time: a page deep in a long list is slow, and the next one may never come. */
const MONTH_MS = 30 * 86_400_000;

const onward: Again = { afterMs: 0, counts: "nothing", why: "There is more." };

interface PastRow {
  reading: "leads" | "moves" | "nothing";
  cursor_at: Date;
  page: number;
  until_at: Date;
}

/**
 * Reads once what an account was before it was connected: its leads, and then the moves of these, back to the oldest. One
 * page a run, each kept with how far it is, so that it goes on wherever it was interrupted, and behind everything else.
 */
@Injectable()
export class PastWork implements WorkKind, OnModuleInit {
  readonly kind = PAST;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly provision: Provision,
  ) {}

  onModuleInit() {
    this.work.register(this);
    this.provision.whenDone((tx, accountId) => this.begin(tx, accountId));
  }

  async run({ accountId }: WorkItem): Promise<Decision> {
    const [past]: PastRow[] = await this.tenancy.run(accountId, (tx) => tx.query("SELECT * FROM past"));
    if (past?.reading === "leads") return this.leads(accountId, past);
    if (past?.reading === "moves") return this.moves(accountId, past);
    return {};
  }

  private async begin(tx: Tx, accountId: number) {
    const [{ left }] = await tx.query(
      `WITH begun AS (
         INSERT INTO past (account_id, cursor_at, until_at)
         SELECT account_id, to_timestamp(0), least(connected_at, now()) - interval '${SCANNED_MINUTES} minutes' FROM account
         ON CONFLICT DO NOTHING RETURNING reading)
       SELECT EXISTS (SELECT FROM begun) OR EXISTS (SELECT FROM past WHERE reading <> 'nothing') AS left`,
    );
    if (left) await this.work.ensure(tx, accountId, { kind: PAST, subject: accountId, priority: "backfill" });
  }

  /** In the order of creation, from the last one seen: leads that are deleted meanwhile move none out of sight. */
  private async leads(accountId: number, { cursor_at: since, page, until_at: until }: PastRow): Promise<Decision> {
    const kommo = await this.clients.of(accountId, "backfill");
    const { items, more } = await kommo.leadsCreatedBetween(since, until, page);
    const last = items.at(-1)?.created_at ?? since;
    const next = last > since ? { at: last, page: 1 } : { at: since, page: page + 1 };
    return {
      keep: async (tx) => {
        await saveLeads(
          tx,
          accountId,
          items.filter((lead) => !lead.is_deleted),
        );
        if (more) await tx.query("UPDATE past SET cursor_at = $1, page = $2", [next.at, next.page]);
        else await tx.query("UPDATE past SET reading = 'moves', cursor_at = until_at, page = 1");
      },
      again: onward,
    };
  }

  private async moves(accountId: number, { cursor_at: to, page }: PastRow): Promise<Decision> {
    const kommo = await this.clients.of(accountId, "backfill");
    const from = new Date(to.getTime() - MONTH_MS);
    const { items, more } = await kommo.movesBetween(from, to, page);
    const [{ oldest }]: [{ oldest: Date | null }] = await this.tenancy.run(accountId, (tx) =>
      tx.query("SELECT min(kommo_created_at) AS oldest FROM lead"),
    );
    const isOver = !more && (oldest === null || from < oldest);
    const moves = items.flatMap((event) => {
      const move = moveIn(event);
      return move ? [{ ...move, eventId: event.id }] : [];
    });
    return {
      keep: async (tx) => {
        const known = await this.known(
          tx,
          moves.map((move) => move.leadId),
        );
        await lockLeads(tx, accountId, [...known]);
        await recallMoves(
          tx,
          accountId,
          moves.filter((move) => known.has(move.leadId)),
        );
        if (isOver) await tx.query("UPDATE past SET reading = 'nothing', ended_at = app_now()");
        else if (more) await tx.query("UPDATE past SET page = page + 1");
        else await tx.query("UPDATE past SET cursor_at = $1, page = 1", [from]);
      },
      ...(isOver ? {} : { again: onward }),
    };
  }

  /** Of leads that were deleted before we came nothing is kept. */
  private async known(tx: Tx, leadIds: number[]): Promise<Set<number>> {
    const rows: { lead_id: number }[] = await tx.query(
      "SELECT lead_id FROM lead WHERE lead_id = ANY($1) AND gone IS NULL",
      [leadIds],
    );
    return new Set(rows.map((row) => row.lead_id));
  }
}
