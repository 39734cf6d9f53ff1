import { randomUUID } from "node:crypto";
import type { InputIssue } from "@dealscope/shared/api-error";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { KommoError } from "../kommo/errors.ts";
import type { MayLeave } from "../kommo/requests.ts";
import type { Again } from "../work/work-kind.ts";
import { LeaseLost } from "../work/work-rows.ts";
import { type Creation, readCreations } from "./intake-rows.ts";

/** Longer than Kommo works on a request whose answer we no longer wait for. */
const UPSTREAM_LIMIT_MS = 30_000;
/** What was made may take this long to show up in a search. */
const LOOK_AGAIN_MS = 10_000;

/** Kommo's id of what was made, by its marker. */
export type Made = ReadonlyMap<string, number>;

interface Of {
  accountId: number;
  requestNo: number;
}

export interface Making extends Of {
  /** Made together, in one request. */
  rows: readonly Creation[];
  /** Looks for markers. */
  look(markers: readonly string[]): Promise<Made>;
  /** Asks Kommo to make what is still missing of the rows. */
  send(missing: readonly Creation[], mayLeave: MayLeave): Promise<Made>;
}

/**
 * Makes things in Kommo once, whatever happens to requests and processes. Kommo would make them twice if asked twice, so a row
 * says that a request may have left before it does; whoever finds such a row looks for its marker twice before asking again.
 */
@Injectable()
export class Creations {
  constructor(private readonly tenancy: Tenancy) {}

  /**
   * @returns when to come back, as long as it is not known what there is; undefined when all of it is made
   * @throws whatever Kommo says when it is certain that nothing was made
   */
  async make(making: Making): Promise<Again | undefined> {
    const { rows } = making;
    const due = rows.filter((row) => row.state === "due");
    if (due.length === 0) return undefined;
    const unknown = due.filter((row) => row.unknownForMs !== null);
    const missing = unknown.length > 0 ? await this.settle(making, unknown) : unknown;
    if (!Array.isArray(missing)) return missing;
    const fresh = due.filter((row) => row.unknownForMs === null);
    const toSend = [...fresh, ...missing];
    return toSend.length > 0 ? this.send(making, toSend) : undefined;
  }

  /** Ends what Kommo will not take. */
  async refuse({ accountId, requestNo }: Of, refused: readonly { marker: string; issue: InputIssue }[]) {
    await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `UPDATE intake_creation c SET state = 'refused', issue = r.issue, unknown_since = NULL, leaving = NULL,
                ended_at = app_now()
           FROM unnest($2::text[], $3::jsonb[]) AS r (marker, issue)
          WHERE c.request_no = $1 AND c.marker = r.marker AND c.state = 'due'`,
        [requestNo, refused.map(({ marker }) => marker), refused.map(({ issue }) => JSON.stringify(issue))],
      ),
    );
  }

  /** Kommo refused some of a request's rows, and does not say whether it has made the others: they are looked for. */
  async doubt({ accountId, requestNo }: Of, rows: readonly Creation[]): Promise<Again> {
    await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `UPDATE intake_creation SET unknown_since = coalesce(unknown_since, app_now())
          WHERE request_no = $1 AND marker = ANY($2) AND state = 'due'`,
        [requestNo, rows.map(({ marker }) => marker)],
      ),
    );
    return comeBack(UPSTREAM_LIMIT_MS);
  }

  /** @returns the rows that were looked for twice in vain, or when to look again */
  private async settle(making: Making, rows: readonly Creation[]): Promise<Creation[] | Again> {
    const youngest = Math.min(...rows.map((row) => row.unknownForMs ?? 0));
    if (youngest < UPSTREAM_LIMIT_MS) return comeBack(UPSTREAM_LIMIT_MS - youngest);
    const found = await making.look(rows.map(({ marker }) => marker));
    await this.book(making, found);
    const missing = rows.filter(({ marker }) => !found.has(marker));
    const isLookedTwice = missing.every(({ looks }) => looks > 0) && youngest > UPSTREAM_LIMIT_MS + LOOK_AGAIN_MS;
    if (missing.length === 0 || isLookedTwice) return missing;
    await this.tenancy.run(making.accountId, (tx) =>
      tx.query(`UPDATE intake_creation SET looks = looks + 1 WHERE request_no = $1 AND marker = ANY($2)`, [
        making.requestNo,
        missing.map(({ marker }) => marker),
      ]),
    );
    return comeBack(LOOK_AGAIN_MS);
  }

  private async send(making: Making, rows: readonly Creation[]): Promise<Again | undefined> {
    const token = randomUUID();
    await this.announce(making, rows, token);
    let made: Made;
    let hasLeft = false;
    try {
      made = await making.send(rows, async () => {
        await this.mayLeave(making, rows, token);
        hasLeft = true;
      });
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const isKnown = error instanceof KommoError && !error.outcomeUnknown;
      if (hasLeft && !isKnown) return comeBack(UPSTREAM_LIMIT_MS);
      await this.tenancy.run(making.accountId, (tx) =>
        tx.query("UPDATE intake_creation SET unknown_since = NULL, leaving = NULL WHERE leaving = $1", [token]),
      );
      throw error;
    }
    // Should this fail, whoever comes next looks for the markers.
    await this.book(making, made);
    return rows.every(({ marker }) => made.has(marker)) ? undefined : comeBack(UPSTREAM_LIMIT_MS);
  }

  /**
   * From here on the request may leave: should this process die, the rows say so.
   * @throws LeaseLost when another worker was quicker
   */
  private async announce({ accountId, requestNo }: Making, rows: readonly Creation[], token: string) {
    await this.tenancy.run(accountId, async (tx) => {
      const [, announced] = await tx.query(
        `UPDATE intake_creation c SET leaving = $1, unknown_since = app_now(), looks = 0
           FROM unnest($3::text[], $4::timestamptz[]) AS seen (marker, unknown_since)
          WHERE c.request_no = $2 AND c.marker = seen.marker AND c.state = 'due'
            AND c.unknown_since IS NOT DISTINCT FROM seen.unknown_since`,
        [token, requestNo, rows.map(({ marker }) => marker), rows.map(({ unknownSince }) => unknownSince)],
      );
      if (announced !== rows.length) throw new LeaseLost("Another worker makes this at this moment.");
    });
  }

  /** Asked when Kommo's limit lets the request pass, which may be long after it was announced. */
  private async mayLeave({ accountId }: Making, rows: readonly Creation[], token: string) {
    const [, ours] = await this.tenancy.run(accountId, (tx) =>
      tx.query("UPDATE intake_creation SET unknown_since = app_now() WHERE leaving = $1 AND state = 'due'", [token]),
    );
    if (ours !== rows.length) throw new LeaseLost("Another worker has taken this over.");
  }

  private async book({ accountId, requestNo }: Making, made: Made) {
    if (made.size === 0) return;
    await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `UPDATE intake_creation c SET state = 'made', kommo_id = m.id, unknown_since = NULL, leaving = NULL, ended_at = app_now()
           FROM unnest($2::text[], $3::bigint[]) AS m (marker, id)
          WHERE c.request_no = $1 AND c.marker = m.marker AND c.state = 'due'`,
        [requestNo, [...made.keys()], [...made.values()]],
      ),
    );
  }

  /** How the rows stand now. */
  read({ accountId, requestNo }: Of): Promise<Creation[]> {
    return this.tenancy.run(accountId, (tx) => readCreations(tx, requestNo));
  }
}

function comeBack(afterMs: number): Again {
  return {
    afterMs,
    counts: "wait",
    on: "the outcome of a creation",
    why: "It is not known whether Kommo has made this already.",
  };
}
