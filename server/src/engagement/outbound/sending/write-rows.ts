import type { Operation } from "../../../customerio/track-client.ts";
import type { Tx } from "../../../database/tenancy.ts";
import { traceOf } from "../../../tracing.ts";
import { lockPersons } from "../people/person-rows.ts";

/** Something to be sent, as a decision puts it down. */
export interface NewOperation {
  kind: "person" | "event" | "object";
  personId: number | null;
  leadId: number;
  operation: Operation;
  /** Of an event. */
  eventId?: string;
}

/**
 * Puts down what is to be sent, in its order, in the transaction of the decision that causes it; the rows of a person are in the
 * order in which he was locked. What got stuck of the same person or deal before is overtaken by it.
 */
export async function putOperations(tx: Tx, accountId: number, operations: readonly NewOperation[]) {
  if (operations.length === 0) return;
  const told = (wanted: NewOperation["kind"]) => operations.filter(({ kind }) => kind === wanted);
  await overtake(
    tx,
    "person_id",
    told("person").map(({ personId }) => personId),
  );
  await overtake(
    tx,
    "lead_id",
    told("object").map(({ leadId }) => leadId),
  );
  await tx.query(
    `INSERT INTO customerio_write (account_id, kind, person_id, lead_id, operation, event_id, trace_id)
     SELECT $1, n.kind, n.person_id, n.lead_id, n.operation, n.event_id, n.trace_id
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::jsonb[], $6::text[], $7::uuid[])
            WITH ORDINALITY AS n (kind, person_id, lead_id, operation, event_id, trace_id, place)
      ORDER BY n.place
     ON CONFLICT (account_id, event_id) WHERE event_id IS NOT NULL DO NOTHING`,
    [
      accountId,
      operations.map(({ kind }) => kind),
      operations.map(({ personId }) => personId),
      operations.map(({ leadId }) => leadId),
      operations.map(({ operation }) => JSON.stringify(operation)),
      operations.map(({ eventId }) => eventId ?? null),
      operations.map(({ leadId }) => traceOf(leadId)),
    ],
  );
}

/** By the index of each sort; there may be thousands that are stuck, and every decision looks. */
async function overtake(tx: Tx, whose: "person_id" | "lead_id", ids: readonly (number | null)[]) {
  if (ids.length === 0) return;
  await tx.query(
    `UPDATE customerio_write SET state = 'dropped', reason = NULL, operation = '{}'
      WHERE state = 'stuck' AND kind = $2 AND ${whose} = ANY($1::bigint[])`,
    [ids, whose === "person_id" ? "person" : "object"],
  );
}

/** A person has to look whose an address is; one such item a person, however often it is found. */
export async function reportAddress(
  tx: Tx,
  accountId: number,
  { personId, leadId, reason }: { personId: number; leadId: number; reason: string },
) {
  const [, known] = await tx.query(
    `UPDATE customerio_write SET reason = $2, lead_id = $3, ended_at = app_now()
      WHERE kind = 'address' AND person_id = $1 AND state = 'stuck'`,
    [personId, reason, leadId],
  );
  if (known > 0) return;
  await tx.query(
    `INSERT INTO customerio_write (account_id, kind, person_id, lead_id, operation, state, reason, ended_at)
     VALUES ($1, 'address', $2, $3, '{}', 'stuck', $4, app_now())`,
    [accountId, personId, leadId, reason],
  );
}

export async function addressIsSettled(tx: Tx, personIds: readonly number[]) {
  if (personIds.length === 0) return;
  await tx.query(
    `UPDATE customerio_write SET state = 'dropped', reason = NULL
      WHERE kind = 'address' AND state = 'stuck' AND person_id = ANY($1)`,
    [personIds],
  );
}

export interface DueOperation {
  id: number;
  leadId: number | null;
  traceId: string | null;
  operation: Operation;
}

export function dueOperations(tx: Tx, atMost: number): Promise<DueOperation[]> {
  return tx.query(
    `SELECT id, lead_id AS "leadId", trace_id AS "traceId", operation FROM customerio_write
      WHERE state = 'due' ORDER BY id LIMIT $1`,
    [atMost],
  );
}

/** What became of a batch. */
export interface Outcome {
  sent: number[];
  stuck: { id: number; reason: string }[];
}

/** What was accepted is Customer.io's from now on; by which event a campaign was started is looked up by its id. */
export async function keepOutcome(tx: Tx, { sent, stuck }: Outcome) {
  await settleOptOuts(
    tx,
    stuck.map(({ id }) => id),
    "untold",
  );
  await settleOptOuts(tx, sent, null);
  await tx.query(
    `UPDATE customerio_write SET state = 'sent', operation = '{}', ended_at = app_now()
      WHERE id = ANY($1) AND state = 'due'`,
    [sent],
  );
  await tx.query(
    `UPDATE customerio_write w SET state = 'stuck', reason = n.reason, ended_at = app_now()
       FROM unnest($1::bigint[], $2::text[]) AS n (id, reason) WHERE w.id = n.id AND w.state = 'due'`,
    [stuck.map(({ id }) => id), stuck.map(({ reason }) => reason)],
  );
}

/** Whoever opts out with one of these is heard, or it has to be said anew. People are locked before what is told of them. */
export async function settleOptOuts(tx: Tx, writeIds: readonly number[], state: "untold" | null) {
  const rows: { person_id: number }[] = await tx.query(
    `SELECT DISTINCT person_id FROM customerio_write
      WHERE id = ANY($1) AND state = 'due' AND kind = 'person' AND operation @> '{"attributes": {"unsubscribed": true}}'`,
    [writeIds],
  );
  if (rows.length === 0) return;
  const persons = await lockPersons(
    tx,
    rows.map(({ person_id }) => person_id),
  );
  await tx.query("UPDATE customerio_person SET opt_out = $2 WHERE id = ANY($1) AND opt_out IS NOT NULL", [
    [...persons.keys()],
    state,
  ]);
}

/** How sending goes, for people to look at. */
export async function noteSending(tx: Tx, problem: "refused" | "unavailable" | null, hasSent: boolean) {
  await tx.query(
    `UPDATE customerio_connection SET problem = $1, last_sent_at = CASE WHEN $2 THEN app_now() ELSE last_sent_at END
      WHERE $2 OR problem IS DISTINCT FROM $1`,
    [problem, hasSent],
  );
}
