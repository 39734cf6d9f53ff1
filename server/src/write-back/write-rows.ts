import { latch } from "../database/latch.ts";
import type { Tx } from "../database/tenancy.ts";
import type { Lane } from "../queue/lane.ts";
import { newTrace, traceOf } from "../tracing.ts";
import { LeaseLost } from "../work/work-rows.ts";
import type { NewWrite, Target, WriteRow } from "./write-row.ts";

/** Renewed while a flush is busy with its rows; a dead worker's rows are free again after this. */
const LEASE = "6 seconds";

/** Things with a write on its way: until its outcome is known, their others wait. Read once a statement. */
const BUSY = `ARRAY(SELECT thing FROM write WHERE state = 'due' AND thing IS NOT NULL AND leased_until >= app_now())`;

/** In the words of the index `write_urgent`. */
const URGENT = "origin IN ('gate', 'rep')";
const ORDINARY = "origin NOT IN ('gate', 'rep')";

/** Things of which something urgent is due: all of theirs goes with it. */
const HURRIED = `ARRAY(SELECT thing FROM write WHERE state = 'due' AND thing IS NOT NULL AND ${URGENT} AND due_at <= app_now())`;

/**
 * Puts down what is to be written, with the decision that causes it. The lead's row is locked for a moment: that gives
 * the order in which rows of one lead are folded. A row with a marker that exists already is left as it is. In the days
 * after a backup was restored it is not known of any creation whether it has happened already.
 */
export async function put(tx: Tx, accountId: number, write: NewWrite) {
  await tx.query(
    `WITH l AS (
       INSERT INTO lead AS l (account_id, lead_id, write_seq) VALUES ($1, $2, 1)
       ON CONFLICT (account_id, lead_id) DO UPDATE SET write_seq = l.write_seq + 1 RETURNING write_seq)
     INSERT INTO write (account_id, lead_id, seq, target, origin, body, expect, marker, work_kind, trace_id, outcome_unknown_since)
     SELECT $1, $2, l.write_seq, $3, $4, $5, $6, $7::text, $8, $9, CASE WHEN $7::text IS NOT NULL THEN in_doubt_since() END FROM l
     ON CONFLICT (account_id, marker) WHERE marker IS NOT NULL DO NOTHING`,
    [
      accountId,
      write.leadId,
      write.target,
      write.origin,
      JSON.stringify(write.body),
      write.target === "lead" && write.expect ? JSON.stringify(write.expect) : null,
      "marker" in write ? write.marker : null,
      write.workKind ?? null,
      traceOf(write.leadId),
    ],
  );
}

/**
 * Lets what was given up with this marker be tried again from the start, with another body. That it may have been made
 * is not forgotten.
 * @returns whether there was such a row
 */
export async function revive(tx: Tx, { leadId, marker, body }: NewWrite & { marker: string }): Promise<boolean> {
  const [, revived] = await tx.query(
    `UPDATE write SET state = 'due', body = $2, due_at = app_now(), attempts = 0, waits = 0, left_at = NULL, outcome = NULL,
            last_error = NULL, ended_at = NULL, trace_id = $3
      WHERE marker = $1 AND state = 'dead'`,
    [marker, JSON.stringify(body), traceOf(leadId)],
  );
  return revived > 0;
}

/** Of one lane, what could be claimed now. */
export interface Waiting {
  /** Things of each target. */
  targets: ReadonlyMap<Target, number>;
  /** Since when the first of them is due. */
  oldestMs: number;
}

/** How much could be claimed now, and since when it is due; cheap, asked before the limit is. */
export async function due(tx: Tx): Promise<Record<Lane, Waiting>> {
  const of = (condition: string) =>
    `SELECT target, coalesce(thing, id::text) AS thing, due_at FROM write
      WHERE state = 'due' AND due_at <= app_now() AND (leased_until IS NULL OR leased_until < app_now())
        AND (thing IS NULL OR thing <> ALL (${BUSY})) AND ${condition} LIMIT 1000`;
  const rows: { lane: Lane; target: Target; things: number; oldest_ms: number }[] = await tx.query(
    `SELECT lane, target, count(DISTINCT thing)::int AS things,
            (extract(epoch FROM app_now() - min(due_at)) * 1000)::float8 AS oldest_ms
       FROM (SELECT 'urgent' AS lane, u.* FROM (${of(URGENT)}) u
             UNION ALL SELECT 'ordinary', o.* FROM (${of(`${ORDINARY} AND (thing IS NULL OR thing <> ALL (${HURRIED}))`)}) o) w
      GROUP BY lane, target`,
  );
  const waiting = (lane: Lane): Waiting => {
    const mine = rows.filter((row) => row.lane === lane);
    return {
      targets: new Map(mine.map((row) => [row.target, row.things])),
      oldestMs: Math.max(0, ...mine.map((row) => row.oldest_ms)),
    };
  };
  return { urgent: waiting("urgent"), ordinary: waiting("ordinary") };
}

/**
 * What was put down after a backup was restored, and is in doubt from before that, may have been decided and made once already,
 * under another mark. What was in the backup has kept its own.
 */
const DOUBT = `(extract(epoch FROM app_now() - outcome_unknown_since) * 1000)::float8 AS unknown_for_ms,
  EXISTS (SELECT FROM restoration WHERE write.id > last_write AND outcome_unknown_since < at) AS is_decided_again`;

export interface Claim {
  targets: readonly Target[];
  atMost: number;
  lane: Lane;
}

/**
 * Leases the rows of up to `atMost` things (leads, contacts, elements, the links of a lead) that have one due; never of
 * one that has a write under way. Rows of theirs that were put off come along: left behind, an old one would overtake a
 * newer one later.
 */
export async function claimThings(
  tx: Tx,
  accountId: number,
  token: string,
  { targets, atMost, lane }: Claim,
): Promise<WriteRow[]> {
  // Claims of one account follow one another, so that the look for writes under way sees the claim before.
  await latch(tx, accountId, "flush");
  const [rows] = await tx.query(
    `UPDATE write SET lease_token = $1, leased_until = app_now() + interval '${LEASE}'
      WHERE state = 'due' AND target = ANY($3) AND (leased_until IS NULL OR leased_until < app_now())
        AND thing = ANY(ARRAY(
          SELECT w.thing FROM write w
           WHERE w.state = 'due' AND w.target = ANY($3) AND w.due_at <= app_now()
             AND w.thing <> ALL (${BUSY}) AND ${lane === "urgent" ? URGENT : `w.thing <> ALL (${HURRIED})`}
           GROUP BY w.thing ORDER BY min(w.id) LIMIT $2))
     RETURNING *, ${DOUBT}`,
    [token, atMost, targets],
  );
  return rows.map(toRow);
}

/** Leases rows that are things of their own. */
export async function claimOnes(tx: Tx, token: string, { targets, atMost, lane }: Claim): Promise<WriteRow[]> {
  const [rows] = await tx.query(
    `UPDATE write SET lease_token = $1, leased_until = app_now() + interval '${LEASE}'
      WHERE id = ANY(ARRAY(SELECT id FROM write
                    WHERE state = 'due' AND target = ANY($3) AND due_at <= app_now()
                      AND (leased_until IS NULL OR leased_until < app_now())
                      AND ${lane === "urgent" ? URGENT : ORDINARY}
                    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING *, ${DOUBT}`,
    [token, atMost, targets],
  );
  return rows.map(toRow);
}

/** Renews what is still ours. Rows that are being ended at this moment are passed over: nobody waits for anybody. */
export async function renew(tx: Tx, token: string, rows: readonly WriteRow[]) {
  await tx.query(
    `UPDATE write SET leased_until = app_now() + interval '${LEASE}'
      WHERE id = ANY(ARRAY(SELECT id FROM write WHERE id = ANY($2) AND lease_token = $1 AND leased_until > app_now()
                      FOR UPDATE SKIP LOCKED))`,
    [token, rows.map((row) => row.id)],
  );
}

/**
 * Renews all of these rows, right before a request about them leaves. That it has left is remembered, for should nobody live to
 * hear the answer.
 * @throws LeaseLost when one of them is no longer ours: another worker may be writing it at this moment
 */
export async function renewAll(tx: Tx, token: string, rows: readonly WriteRow[]) {
  const [, renewed] = await tx.query(
    `UPDATE write SET leased_until = app_now() + interval '${LEASE}', left_at = coalesce(left_at, app_now())
      WHERE id = ANY(ARRAY(SELECT id FROM write WHERE id = ANY($2) AND lease_token = $1 AND leased_until > app_now()
                    ORDER BY id FOR UPDATE))`,
    [token, rows.map((row) => row.id)],
  );
  if (renewed !== rows.length) throw new LeaseLost("The lease ran out before the request could leave.");
}

/** Those of these marks that no row has. */
export async function forgotten(tx: Tx, marks: readonly string[]): Promise<Set<string>> {
  const rows: { marker: string }[] = await tx.query("SELECT marker FROM write WHERE marker = ANY($1)", [marks]);
  const remembered = new Set(rows.map(({ marker }) => marker));
  return new Set(marks.filter((mark) => !remembered.has(mark)));
}

export interface Ending {
  row: WriteRow;
  state: "sent" | "superseded" | "dead";
  outcome: string;
  kommoId?: number;
}

/**
 * Ends rows that are still ours; a row whose lease was lost is somebody else's to end.
 * @returns those that were ours
 */
export async function end<E extends Ending>(tx: Tx, token: string, endings: readonly E[]): Promise<E[]> {
  if (endings.length === 0) return [];
  const [ended]: [{ id: number }[]] = await tx.query(
    `UPDATE write w SET state = e.state, outcome = e.outcome, kommo_id = e.kommo_id, ended_at = app_now(),
            outcome_unknown_since = NULL, lease_token = NULL, leased_until = NULL
       FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS e (id, state, outcome, kommo_id)
      WHERE w.id = e.id AND w.lease_token = $1
     RETURNING w.id`,
    [
      token,
      endings.map((e) => e.row.id),
      endings.map((e) => e.state),
      endings.map((e) => e.outcome),
      endings.map((e) => e.kommoId ?? null),
    ],
  );
  const ours = new Set(ended.map((row) => row.id));
  return endings.filter(({ row }) => ours.has(row.id));
}

/** Gives rows back for later: the answer was heard. `outcomeUnknown` remembers that a creation may have happened. */
export async function postpone(
  tx: Tx,
  token: string,
  rows: readonly WriteRow[],
  {
    afterMs,
    why,
    counts,
    outcomeUnknown = false,
  }: { afterMs: number; why: string; counts: "attempt" | "wait"; outcomeUnknown?: boolean },
) {
  await tx.query(
    `UPDATE write SET lease_token = NULL, leased_until = NULL, due_at = app_now() + $3::float8 * interval '1 ms',
            last_error = $4, attempts = attempts + $5, waits = waits + $6, left_at = NULL,
            outcome_unknown_since = CASE WHEN $7 THEN coalesce(outcome_unknown_since, app_now()) ELSE outcome_unknown_since END
      WHERE id = ANY($2) AND lease_token = $1`,
    [
      token,
      rows.map((r) => r.id),
      afterMs,
      why,
      counts === "attempt" ? 1 : 0,
      counts === "wait" ? 1 : 0,
      outcomeUnknown,
    ],
  );
}

interface Row {
  id: number;
  lead_id: number;
  seq: number;
  target: WriteRow["target"];
  origin: WriteRow["origin"];
  body: WriteRow["body"];
  expect: WriteRow["expect"];
  marker: string | null;
  work_kind: string | null;
  trace_id: string | null;
  attempts: number;
  waits: number;
  unknown_for_ms: number | null;
  is_decided_again: boolean;
}

function toRow(row: Row): WriteRow {
  return {
    id: row.id,
    leadId: row.lead_id,
    seq: row.seq,
    target: row.target,
    origin: row.origin,
    body: row.body,
    expect: row.expect,
    marker: row.marker,
    workKind: row.work_kind,
    traceId: row.trace_id ?? newTrace(),
    attempts: row.attempts,
    waits: row.waits,
    unknownForMs: row.unknown_for_ms,
    isDecidedAgain: row.is_decided_again,
  };
}
