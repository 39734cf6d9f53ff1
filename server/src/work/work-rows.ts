import type { Tx } from "../database/tenancy.ts";
import { priorities } from "../queue/priority.ts";
import { newTrace, traceOf } from "../tracing.ts";
import type { Again, Timing, WorkItem, WorkRequest } from "./work-kind.ts";

/** Renewed every 2 s while a row is being run; a dead worker's rows are free again after this. */
const LEASE = "6 seconds";

interface WorkRow {
  id: number;
  account_id: number;
  kind: string;
  subject: number;
  priority: number;
  detail: Record<string, unknown>;
  generation: number;
  attempts: number;
  waits: number;
  waits_on: string | null;
  first_event_at: Date;
  trace_id: string | null;
}

/** Finds out whether an account is still there, so it is the one kind that is done in whatever state the account is. */
export const PROBE = "probe";

/** A row that is done with or under way, or has failed: whoever asks for it now begins it. */
const BEGINS_ANEW = "(w.state = 'dead' OR w.leased_until > app_now() OR w.attempts > 0)";

/** A request that was taken in by a row which something else had begun. */
export interface Joined {
  kind: string;
  subject: number;
  trace: string;
  to: string;
}

/** The lease was lost: another worker has the row, so whatever was found out is thrown away. */
export class LeaseLost extends Error {}

/**
 * Asks for work. A row that is open takes the request in: it is done once, later, and knows more by then. One that is
 * being run at this moment gets a new generation and becomes due again when it ends. News of a lead neither brings back
 * what its row waits for nor puts off what a person has asked for: such rows keep their time.
 * @returns those that were taken in, with the id of what had begun the row
 */
export async function schedule(
  tx: Tx,
  accountId: number,
  requests: readonly WorkRequest[],
  timing: Timing,
): Promise<Joined[]> {
  // A statement may touch a row once only.
  const unique = [...new Map(requests.map((r) => [`${r.kind}:${r.subject}`, r])).values()];
  if (unique.length === 0) return [];
  const traces = unique.map((r) => traceOf(r.subject));
  const rows: { kind: string; subject: number; trace_id: string | null }[] = await tx.query(
    `INSERT INTO work AS w (account_id, kind, subject, priority, due_at, detail, trace_id)
     SELECT $1, r.kind, r.subject, r.priority, app_now() + $6::float8 * interval '1 ms', r.detail, r.trace_id
       FROM unnest($2::text[], $3::bigint[], $4::smallint[], $5::jsonb[], $9::uuid[]) AS r (kind, subject, priority, detail, trace_id)
      ORDER BY r.kind, r.subject
     ON CONFLICT (account_id, kind, subject) DO UPDATE SET
       state = 'open',
       generation = w.generation + 1,
       priority = least(w.priority, excluded.priority),
       detail = w.detail || excluded.detail,
       attempts = 0,
       waits = CASE WHEN w.state = 'dead' THEN 0 ELSE w.waits END,
       first_event_at = CASE WHEN ${BEGINS_ANEW} THEN app_now() ELSE w.first_event_at END,
       trace_id = CASE WHEN ${BEGINS_ANEW} THEN excluded.trace_id ELSE coalesce(w.trace_id, excluded.trace_id) END,
       due_at = CASE WHEN ${BEGINS_ANEW} THEN excluded.due_at
                     WHEN $8 THEN least(w.due_at, excluded.due_at)
                     WHEN w.waits > 0 OR w.priority <= ${priorities.gate} THEN w.due_at
                     ELSE least(excluded.due_at, w.first_event_at + $7::float8 * interval '1 ms') END
     RETURNING kind, subject, trace_id`,
    [
      accountId,
      unique.map((r) => r.kind),
      unique.map((r) => r.subject),
      unique.map((r) => priorities[r.priority]),
      unique.map((r) => JSON.stringify(r.detail ?? {})),
      timing.settleMs,
      timing.atMostMs,
      timing.hastens,
      traces,
    ],
  );
  const asked = new Map(unique.map((r, i) => [`${r.kind}:${r.subject}`, traces[i]]));
  return rows.flatMap(({ kind, subject, trace_id: to }) => {
    const trace = asked.get(`${kind}:${subject}`);
    return trace !== undefined && to !== null && to !== trace ? [{ kind, subject, trace, to }] : [];
  });
}

/**
 * Leases due rows to `token`. `lowestFirst` is how the promise to the lower kinds is kept. The rows are looked up as an
 * array, because as a subquery the planner may run it anew for every row, and then its limit is none.
 */
export async function claim(
  tx: Tx,
  accountId: number,
  token: string,
  atMost: number,
  which: { urgentOnly: boolean; lowestFirst: boolean },
): Promise<WorkItem[]> {
  if (atMost <= 0) return [];
  const [rows]: [WorkRow[]] = await tx.query(
    `UPDATE work SET lease_token = $2, leased_until = app_now() + interval '${LEASE}'
      WHERE id = ANY(ARRAY(SELECT id FROM work
                    WHERE account_id = $1 AND state = 'open' AND due_at <= app_now()
                      AND (kind = '${PROBE}' OR NOT EXISTS (SELECT FROM account WHERE status <> 'active'))
                      AND (leased_until IS NULL OR leased_until < app_now()) AND priority <= $4
                    ORDER BY priority ${which.lowestFirst ? "DESC" : "ASC"}, due_at LIMIT $3
                    FOR UPDATE SKIP LOCKED))
     RETURNING *`,
    [accountId, token, atMost, which.urgentOnly ? priorities.gate : priorities.scan],
  );
  return rows.map((row) => ({
    id: row.id,
    accountId,
    kind: row.kind,
    subject: row.subject,
    priority: row.priority,
    detail: row.detail,
    generation: row.generation,
    attempts: row.attempts,
    waits: row.waits,
    waitsOn: row.waits_on,
    firstEventAt: row.first_event_at,
    traceId: row.trace_id ?? newTrace(),
  }));
}

/**
 * Renews what is still ours. Rows that are being changed at this moment are passed over: nobody waits for anybody. As an
 * array, like in `claim`: run anew for every row of a long queue, it took longer than a lease lasts.
 */
export async function renew(tx: Tx, token: string, ids: readonly number[]) {
  await tx.query(
    `UPDATE work SET leased_until = app_now() + interval '${LEASE}'
      WHERE id = ANY(ARRAY(SELECT id FROM work WHERE id = ANY($2) AND lease_token = $1 AND leased_until > app_now()
                      FOR UPDATE SKIP LOCKED))`,
    [token, ids],
  );
}

/**
 * Ends a row, or gives it back when it was asked for again meanwhile or wants to come back.
 * @throws LeaseLost when the row is no longer ours
 */
export async function complete(tx: Tx, item: WorkItem, token: string, again: Again | undefined) {
  const fence = [item.id, token, item.generation];
  if (!again) {
    const [, deleted] = await tx.query(
      "DELETE FROM work WHERE id = $1 AND lease_token = $2 AND generation = $3",
      fence,
    );
    if (deleted === 1) return;
  }
  const [, changed] = await tx.query(
    `UPDATE work SET lease_token = NULL, leased_until = NULL, last_error = $4,
            attempts = CASE WHEN generation <> $3 OR $5 = 'nothing' THEN 0 WHEN $5 = 'attempt' THEN attempts + 1 ELSE attempts END,
            waits = CASE WHEN $5 = 'nothing' THEN 0 WHEN $5 <> 'wait' THEN waits WHEN waits_on = $6 THEN waits + 1 ELSE 1 END,
            waits_on = coalesce($6, waits_on),
            due_at = CASE WHEN generation = $3 OR ($5 = 'wait' AND priority > ${priorities.gate})
                          THEN app_now() + $7::float8 * interval '1 ms' ELSE due_at END
      WHERE id = $1 AND lease_token = $2`,
    [
      ...fence,
      again?.why ?? null,
      again?.counts ?? "nothing",
      again?.counts === "wait" ? again.on : null,
      again?.afterMs ?? 0,
    ],
  );
  if (changed !== 1) throw new LeaseLost();
}

/**
 * Gives a row up, unless it was asked for again while it ran: that is a new question.
 * @returns whether it is dead
 * @throws LeaseLost when the row is no longer ours
 */
export async function giveUp(tx: Tx, item: WorkItem, token: string, why: string): Promise<boolean> {
  const [rows] = await tx.query(
    `UPDATE work SET last_error = $4, lease_token = NULL, leased_until = NULL,
            state = CASE WHEN generation = $3 THEN 'dead' ELSE 'open' END,
            attempts = CASE WHEN generation = $3 THEN attempts + 1 ELSE 0 END
      WHERE id = $1 AND lease_token = $2 RETURNING state`,
    [item.id, token, item.generation, why],
  );
  if (rows.length === 0) throw new LeaseLost();
  return rows[0].state === "dead";
}
