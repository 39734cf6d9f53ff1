import { Injectable } from "@nestjs/common";
import { lockLeads } from "../database/lock-leads.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { PROVISION } from "../installation/installations.ts";
import type { Turn } from "../queue/turn.ts";
import { tracedApart } from "../tracing.ts";
import { backoffMs, isUnavailability } from "../work/failure.ts";
import { Work } from "../work/work.ts";
import { type Outcome, Outcomes } from "./outcomes.ts";
import { isAboutFields } from "./refusal.ts";
import { tracesOf, type WriteRow } from "./write-row.ts";
import { end, postpone } from "./write-rows.ts";

const ATTEMPTS = 3;

/** What becomes of rows that a flush has in its hands; every statement is fenced by their lease. */
@Injectable()
export class Endings {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly outcomes: Outcomes,
    private readonly work: Work,
  ) {}

  /** Ends rows and tells of it. `then` is part of the transaction and gets those that were ours to end. */
  async end(turn: Turn, endings: readonly Outcome[], then?: (tx: Tx, ours: readonly Outcome[]) => Promise<void>) {
    if (endings.length === 0) return;
    await this.tenancy.run(turn.accountId, async (tx) => {
      // The leads before anything of theirs, in the order in which everybody locks them.
      await lockLeads(
        tx,
        turn.accountId,
        endings.map(({ row }) => row.leadId),
      );
      const ours = (await end(tx, turn.token, endings)).toSorted((a, b) => a.row.id - b.row.id);
      await this.outcomes.tell(tx, turn.accountId, ours);
      const traces = tracesOf(ours.map(({ row }) => row));
      if (then) await tracedApart(traces, () => then(tx, ours));
    });
  }

  /** Three times: what Kommo says of one row alone may have been about something that passes. */
  async refuse(turn: Turn, rows: readonly WriteRow[], error: Error) {
    if (isAboutFields(error)) await this.provisionAgain(turn);
    const why = error.message;
    const spent = rows.filter((row) => row.attempts + 1 >= ATTEMPTS);
    await this.end(
      turn,
      spent.map((row) => ({ row, state: "dead", outcome: why })),
    );
    const again = rows.filter((row) => !spent.includes(row));
    await this.putBack(turn, again, { afterMs: 5_000, why, known: true, counts: "attempt" });
  }

  /** After something that is none of the rows' fault. */
  async wait(turn: Turn, rows: readonly WriteRow[], error: Error) {
    const asked = isUnavailability(error) ? error.retryAfterMs : undefined;
    const waits = Math.max(0, ...rows.map((row) => row.waits));
    await this.putBack(turn, rows, {
      afterMs: backoffMs(waits, asked),
      why: error.message,
      known: true,
      counts: "wait",
    });
  }

  /** `known`: whether it is known that Kommo has made nothing of them. */
  async putBack(
    turn: Turn,
    rows: readonly WriteRow[],
    { known, ...how }: { afterMs: number; why: string; known: boolean; counts: "attempt" | "wait" },
  ) {
    if (rows.length === 0) return;
    await this.tenancy.run(turn.accountId, async (tx) => {
      // Before the lease is given back, which is the fence of both.
      if (known) {
        await tx.query("UPDATE write SET outcome_unknown_since = NULL WHERE id = ANY($1) AND lease_token = $2", [
          rows.map((r) => r.id),
          turn.token,
        ]);
      }
      await postpone(tx, turn.token, rows, { ...how, outcomeUnknown: !known });
    });
  }

  /** A field or an option that rows are about is not there, or no longer. */
  async provisionAgain({ accountId }: Turn) {
    await this.tenancy.run(accountId, (tx) =>
      this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "qualification" }]),
    );
  }
}
