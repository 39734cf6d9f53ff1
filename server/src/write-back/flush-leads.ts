import { Injectable, Logger } from "@nestjs/common";
import { lockLeads } from "../database/lock-leads.ts";
import { Tenancy } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { Clients } from "../installation/clients.ts";
import { PROVISION } from "../installation/installations.ts";
import { type Provisioned, provisioned } from "../installation/provisioning.ts";
import { KommoForbidden, KommoNotFound, KommoRejected, KommoUnavailable } from "../kommo/errors.ts";
import { WRITE_AT_MOST } from "../kommo/requests.ts";
import type { Lead } from "../kommo/resources.ts";
import { type Lane, priorityOf } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import { tracedApart } from "../tracing.ts";
import { backoffMs } from "../work/failure.ts";
import { Work } from "../work/work.ts";
import type { Flush, Flusher } from "./flusher.ts";
import { type Folded, fold } from "./fold.ts";
import { assertFresh } from "./fresh.ts";
import { Lease } from "./lease.ts";
import { Outcomes } from "./outcomes.ts";
import { type LeadPatch, type Plan, plan, without } from "./patch.ts";
import { outcomeOf, remember, type Shown } from "./shown.ts";
import { tracesOf, type WriteRow } from "./write-row.ts";
import { claimThings, type Ending, end, postpone } from "./write-rows.ts";

const ATTEMPTS = 3;
const TOGETHER = 250;
const STAGE_REFUSED = "Kommo does not take this stage.";
/** What ends together. */
interface Outcome {
  endings: Ending[];
  shown: Shown[];
  /** Ended because a person was quicker: what they were for is decided again. */
  overtaken: WriteRow[];
}

/** Sends changes of leads: folded per lead, read before they are written, fifty at a time. */
@Injectable()
export class FlushLeads implements Flusher {
  readonly targets = ["lead"] as const;
  private readonly log = new Logger("write-back");

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly work: Work,
    private readonly outcomes: Outcomes,
  ) {}

  async flush(turn: Turn, lane: Lane): Promise<void> {
    const { accountId, token } = turn;
    const kommo = await this.clients.of(accountId, priorityOf[lane]);
    const account = await this.accounts.get(accountId);
    const lease = new Lease(this.tenancy, turn);
    let rows: WriteRow[] = [];
    try {
      const leads = await kommo.leads(async () => {
        rows = await this.tenancy.run(accountId, (tx) =>
          claimThings(tx, accountId, token, { targets: this.targets, atMost: TOGETHER, lane }),
        );
        lease.keep(rows);
        return [...new Set(rows.map((row) => row.leadId))];
      });
      if (rows.length > 0) await this.send({ turn, kommo, lease }, rows, leads, provisioned.parse(account.provisioned));
    } catch (error) {
      if (rows.length === 0) throw error;
      await this.putBack(turn, rows, error as Error);
    } finally {
      lease.release();
    }
  }

  private async send(flush: Flush, rows: WriteRow[], found: Lead[], made: Provisioned) {
    const readAt = performance.now();
    const leads = new Map(found.map((lead) => [lead.id, lead]));
    const outcome: Outcome = { endings: [], shown: [], overtaken: [] };
    const patches: LeadPatch[] = [];
    for (const folded of fold(rows)) {
      const now = leads.get(folded.leadId);
      if (!now) {
        outcome.endings.push(
          ...folded.rows.map((row): Ending => ({ row, state: "dead", outcome: "The lead is gone." })),
        );
        continue;
      }
      for (let left: Folded | undefined = folded; left; ) {
        const planned: Plan = plan(left, now, made);
        if (planned.kind === "send") patches.push(planned.patch);
        else if (planned.kind === "equal") add(outcome, sent(left, "equal", planned.refused));
        const late: WriteRow[] = planned.kind === "superseded" ? planned.rows : left.rows;
        if (planned.kind === "superseded") {
          outcome.endings.push(...late.map((row): Ending => ({ row, state: "superseded", outcome: planned.why })));
          outcome.overtaken.push(...late);
        }
        left = fold(left.rows.filter((row) => !late.includes(row)))[0];
      }
    }
    await this.keep(flush.turn, outcome);
    const batches = Array.from({ length: Math.ceil(patches.length / WRITE_AT_MOST) }, (_, i) =>
      patches.slice(i * WRITE_AT_MOST, (i + 1) * WRITE_AT_MOST),
    );
    const ends = await Promise.allSettled(batches.map((batch) => this.patch(flush, batch, readAt)));
    const failed = ends.find((ended) => ended.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Sends one batch. Items that Kommo names as wrong are mended or dropped; without names the batch is halved. */
  private async patch(flush: Flush, batch: LeadPatch[], readAt: number): Promise<void> {
    if (batch.length === 0) return;
    const { turn, kommo, lease } = flush;
    const rows = batch.flatMap((p) => p.folded.rows);
    try {
      await kommo.updateLeads(
        batch.map((p) => p.item),
        async () => {
          assertFresh(readAt);
          await lease.assertOurs(rows);
        },
      );
    } catch (error) {
      return this.failed(flush, batch, readAt, error as Error);
    }
    const outcome: Outcome = { endings: [], shown: [], overtaken: [] };
    for (const { folded, refused } of batch) add(outcome, sent(folded, "sent", refused));
    await this.keep(turn, outcome);
  }

  private async failed(flush: Flush, batch: LeadPatch[], readAt: number, error: Error): Promise<void> {
    const { turn } = flush;
    if (error instanceof KommoRejected) return this.mend(flush, batch, readAt, error);
    const isTooMuch = error instanceof KommoUnavailable && error.status === 504;
    // Said of the whole batch, but perhaps because of one lead that the token's user may not touch.
    const isRefused = error instanceof KommoNotFound || (error instanceof KommoForbidden && !error.unavailable);
    if ((isTooMuch || isRefused) && batch.length > 1) return this.halve(flush, batch, readAt);
    if (isRefused) return this.drop(turn, batch, error.message);
    return this.putBack(
      turn,
      batch.flatMap((p) => p.folded.rows),
      error,
    );
  }

  private async mend(flush: Flush, batch: LeadPatch[], readAt: number, error: KommoRejected): Promise<void> {
    const { turn } = flush;
    const named = new Map(error.items.map((item) => [item.requestId, item.errors]));
    const bad = batch.filter((p, i) => named.has(p.item.request_id) || named.has(String(i)));
    if (bad.length === 0) {
      if (batch.length > 1) return this.halve(flush, batch, readAt);
      return this.drop(turn, batch, error.message);
    }
    const mended: LeadPatch[] = [];
    for (const patch of bad) {
      const complaints = named.get(patch.item.request_id) ?? named.get(String(batch.indexOf(patch))) ?? [];
      const rest = await this.withoutBad(turn, patch, complaints);
      if (rest) mended.push(rest);
      else await this.drop(turn, [patch], complaints.map((c) => `${c.path}: ${c.detail}`).join("; ") || error.message);
    }
    await this.patch(flush, [...batch.filter((p) => !bad.includes(p)), ...mended], readAt);
  }

  private async halve(flush: Flush, batch: LeadPatch[], readAt: number) {
    const half = Math.ceil(batch.length / 2);
    await this.patch(flush, batch.slice(0, half), readAt);
    await this.patch(flush, batch.slice(half), readAt);
  }

  /** The patch without what was complained about; of a field or a stage provisioning looks whether it is still there. */
  private async withoutBad(
    turn: Turn,
    patch: LeadPatch,
    complaints: readonly { path: string; detail: string }[],
  ): Promise<LeadPatch | undefined> {
    if (complaints.some(({ path }) => /^(custom_fields_values\.|status_id|pipeline_id)/.test(path))) {
      await this.tenancy.run(turn.accountId, (tx) =>
        this.work.schedule(tx, turn.accountId, [
          { kind: PROVISION, subject: turn.accountId, priority: "qualification" },
        ]),
      );
    }
    this.log.warn(`Lead ${patch.item.id}: Kommo refuses ${complaints.map(({ path }) => path).join(", ")}.`);
    return without(
      patch,
      complaints.map(({ path }) => path),
    );
  }

  private async drop(turn: Turn, batch: LeadPatch[], why: string) {
    const rows = batch.flatMap((p) => p.folded.rows);
    const spent = rows.filter((row) => row.attempts + 1 >= ATTEMPTS);
    const endings = spent.map((row): Ending => ({ row, state: "dead", outcome: why }));
    await this.keep(turn, { endings, shown: [], overtaken: [] });
    const again = rows.filter((row) => row.attempts + 1 < ATTEMPTS);
    if (again.length === 0) return;
    await this.tenancy.run(turn.accountId, (tx) =>
      postpone(tx, turn.token, again, { afterMs: 5_000, why, counts: "attempt" }),
    );
  }

  private async putBack(turn: Turn, rows: WriteRow[], error: Error) {
    const waits = Math.max(...rows.map((row) => row.waits));
    const asked = "retryAfterMs" in error && typeof error.retryAfterMs === "number" ? error.retryAfterMs : undefined;
    await this.tenancy.run(turn.accountId, (tx) =>
      postpone(tx, turn.token, rows, { afterMs: backoffMs(waits, asked), why: error.message, counts: "wait" }),
    );
  }

  private async keep(turn: Turn, { endings, shown, overtaken }: Outcome) {
    if (endings.length === 0) return;
    await this.tenancy.run(turn.accountId, async (tx) => {
      // The leads before anything of theirs, in the order in which everybody locks them.
      await lockLeads(
        tx,
        turn.accountId,
        endings.map(({ row }) => row.leadId),
      );
      const ended = (await end(tx, turn.token, endings)).toSorted((a, b) => a.row.id - b.row.id);
      const ours = new Set(ended.map(({ row }) => row.leadId));
      await remember(
        tx,
        shown.filter(({ leadId }) => ours.has(leadId)),
      );
      await this.outcomes.tell(tx, turn.accountId, ended);
      const again = overtaken.flatMap(({ workKind, leadId }) =>
        workKind ? [{ kind: workKind, subject: leadId, priority: "qualification" as const }] : [],
      );
      await tracedApart(tracesOf(overtaken), () => this.work.schedule(tx, turn.accountId, again));
    });
  }
}

function sent({ leadId, rows, change }: Folded, how: "sent" | "equal", refused: string[]): Outcome {
  const outcome = outcomeOf(how, refused);
  const isStageRefused = refused.includes("status_id") || refused.includes("pipeline_id");
  return {
    // Of what was about nothing but a stage that Kommo does not take, nothing was sent.
    endings: rows.map((row): Ending => {
      const isLeftOut = isStageRefused && row.body.stage !== undefined && Object.keys(row.body).length === 1;
      return isLeftOut ? { row, state: "dead", outcome: STAGE_REFUSED } : { row, state: "sent", outcome };
    }),
    shown: [{ leadId, change, refused }],
    overtaken: [],
  };
}

function add(to: Outcome, more: Outcome) {
  to.endings.push(...more.endings);
  to.shown.push(...more.shown);
}
