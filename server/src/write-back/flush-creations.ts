import { Injectable, Logger } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { provisioned } from "../installation/provisioning.ts";
import { WRITE_AT_MOST } from "../kommo/requests.ts";
import type { Lane } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import { backoffMs } from "../work/failure.ts";
import type { Creation } from "./creation.ts";
import { creations } from "./creations.ts";
import { Endings } from "./endings.ts";
import type { Flush, Flusher } from "./flusher.ts";
import { Flushing } from "./flushing.ts";
import type { Outcome } from "./outcomes.ts";
import { didNothing, isRefusal, partsOf, withoutResponsible } from "./refusal.ts";
import type { WriteRow } from "./write-row.ts";
import { claimOnes, forgotten, put } from "./write-rows.ts";

/** What was created may take this long to show up in reads after its answer was lost. */
const LOOK_AGAIN_MS = 10_000;
/** Longer than Kommo works on a request whose answer we no longer wait for. */
const UPSTREAM_LIMIT_MS = 30_000;
/** Until what a creation needs in the account is there. */
const LACKS_MS = 15_000;

/**
 * Creates notes, tasks, contacts and elements of lists. Kommo would create them twice if asked twice, so each carries a
 * mark: when it is not known whether a request was applied, the mark is looked for, twice, before the request is sent again.
 */
@Injectable()
export class FlushCreations implements Flusher {
  readonly targets = creations.map(({ target }) => target);
  private readonly log = new Logger("write-back");

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly flushing: Flushing,
    private readonly endings: Endings,
  ) {}

  flush(turn: Turn, lane: Lane): Promise<void> {
    return this.flushing.of(turn, lane, {
      claim: (tx) => this.claim(tx, turn, lane),
      send: (flush, rows) => this.send(flush, rows),
    });
  }

  private async claim(tx: Tx, { token }: Turn, lane: Lane): Promise<WriteRow[]> {
    const claimed = await claimOnes(tx, token, { targets: this.targets, atMost: WRITE_AT_MOST, lane });
    // From here on the request may leave: should this process die, the row says so.
    await tx.query(
      "UPDATE write SET outcome_unknown_since = coalesce(outcome_unknown_since, app_now()) WHERE id = ANY($1) AND lease_token = $2",
      [claimed.map((row) => row.id), token],
    );
    return claimed;
  }

  private async send(flush: Flush, rows: WriteRow[]) {
    const ends = await Promise.allSettled(
      creations.flatMap((creation) => {
        const mine = rows.filter((row) => row.target === creation.target);
        return [...Map.groupBy(mine, (row) => creation.together?.(row) ?? 0).values()].flatMap((together) => [
          this.add(
            flush,
            creation,
            together.filter((row) => row.unknownForMs === null),
          ),
          this.settle(
            flush,
            creation,
            together.filter((row) => row.unknownForMs !== null),
          ),
        ]);
      }),
    );
    const failed = ends.find((ended) => ended.status === "rejected");
    if (failed) throw failed.reason;
  }

  private async add(flush: Flush, creation: Creation, rows: WriteRow[]): Promise<void> {
    const first = rows[0];
    if (!first) return;
    const { turn, kommo, lease } = flush;
    const made = await this.made(turn);
    const why = creation.lacks?.(first, made);
    if (why !== undefined) {
      await this.endings.provisionAgain(turn);
      return this.endings.putBack(turn, rows, { afterMs: LACKS_MS, why, known: true, counts: "attempt" });
    }
    let created: Awaited<ReturnType<Creation["add"]>>;
    try {
      created = await creation.add(kommo, rows, made, () => lease.assertOurs(rows));
    } catch (error) {
      return this.failed(flush, creation, rows, error as Error);
    }
    const ids = new Map(created.map((c) => [c.request_id, c.id]));
    // Should this fail, the rows' lease runs out, and whoever has them next looks for their marks.
    await this.end(
      turn,
      creation,
      rows.map((row, i): Outcome => {
        const kommoId = ids.get(String(row.id)) ?? created[i]?.id;
        return { row, state: "sent", outcome: "sent", ...(kommoId === undefined ? {} : { kommoId }) };
      }),
    );
  }

  private async failed(flush: Flush, creation: Creation, rows: WriteRow[], error: Error): Promise<void> {
    const { turn } = flush;
    if (!didNothing(error)) {
      const how = { afterMs: UPSTREAM_LIMIT_MS, why: error.message, known: false, counts: "wait" } as const;
      return this.endings.putBack(turn, rows, how);
    }
    if (!isRefusal(error)) return this.endings.wait(turn, rows, error);
    const [row, ...others] = rows;
    if (!row || others.length === 0) {
      const rest = row && withoutResponsible(row, error);
      return rest ? this.add(flush, creation, [rest]) : this.endings.refuse(turn, rows, error);
    }
    for (const part of partsOf(rows, error, (row) => String(row.id))) await this.add(flush, creation, part);
  }

  /** Looks for marks of rows whose outcome is not known; what was looked for twice in vain is sent again. */
  private async settle(flush: Flush, creation: Creation, rows: WriteRow[]) {
    if (rows.length === 0) return;
    const { turn, kommo } = flush;
    const unknown = { known: false, counts: "wait" } as const;
    try {
      const found = await creation.find(kommo, rows, await this.made(turn), (marks) =>
        this.tenancy.run(turn.accountId, (tx) => forgotten(tx, marks)),
      );
      const there = rows.filter((row) => row.marker && found.has(row.marker));
      await this.end(
        turn,
        creation,
        there.map((row) => ({ row, state: "sent", outcome: "found by its mark", kommoId: found.get(row.marker!)! })),
      );
      const missing = rows.filter((row) => !there.includes(row));
      const lookedTwice = missing.filter(
        (row) => row.waits > 0 && (row.unknownForMs ?? 0) > UPSTREAM_LIMIT_MS + LOOK_AGAIN_MS,
      );
      const lookAgain = missing.filter((row) => !lookedTwice.includes(row));
      const why = "It is not known whether Kommo has this already.";
      await this.endings.putBack(turn, lookAgain, { ...unknown, afterMs: lookAgainIn(lookAgain), why });
      // The next request is a new uncertainty: should its answer be lost too, it gets its own time and two looks.
      await this.tenancy.run(turn.accountId, (tx) =>
        tx.query("UPDATE write SET outcome_unknown_since = app_now() WHERE id = ANY($1) AND lease_token = $2", [
          lookedTwice.map((row) => row.id),
          turn.token,
        ]),
      );
      await this.add(flush, creation, lookedTwice);
    } catch (error) {
      const { message } = error as Error;
      this.log.warn(`Could not look for marks: ${message}`);
      await this.endings.putBack(turn, rows, { ...unknown, afterMs: backoffMs(1, undefined), why: message });
    }
  }

  /** What is there is followed by what it was made for, in one transaction. */
  private end(turn: Turn, creation: Creation, outcomes: readonly Outcome[]) {
    return this.endings.end(turn, outcomes, async (tx, ours) => {
      for (const { row, kommoId } of ours) {
        const next = kommoId === undefined ? undefined : creation.next?.(row, kommoId);
        if (next) await put(tx, turn.accountId, next);
      }
    });
  }

  private async made({ accountId }: Turn) {
    return provisioned.parse((await this.accounts.get(accountId)).provisioned);
  }
}

/** First when Kommo can no longer be working on it, then once more a little later. */
function lookAgainIn(rows: WriteRow[]): number {
  const youngest = Math.min(UPSTREAM_LIMIT_MS, ...rows.map((row) => row.unknownForMs ?? 0));
  return Math.max(LOOK_AGAIN_MS, UPSTREAM_LIMIT_MS - youngest);
}
