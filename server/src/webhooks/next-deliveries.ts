import type { Tx } from "../database/tenancy.ts";

export interface Delivery {
  id: number;
  source: string;
  body: string;
  traceId: string | null;
}

/**
 * Locks what is to be unpacked next, oldest first: mails only when Kommo has nothing to say. A newsletter brings thousands of them
 * within minutes, and a gate must not wait behind it.
 */
export async function nextDeliveries(tx: Tx, atMost: number): Promise<Delivery[]> {
  const ofKommo = await take(tx, "source <> 'customerio'", atMost);
  return ofKommo.length > 0 ? ofKommo : take(tx, "source = 'customerio'", atMost);
}

/** The first in the words of the index `delivery_new_of_kommo`; where there is nothing of Kommo, `delivery_new` holds mails alone. */
function take(tx: Tx, which: string, atMost: number): Promise<Delivery[]> {
  return tx.query(
    `SELECT id, source, body, trace_id AS "traceId" FROM delivery WHERE state = 'new' AND ${which} ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [atMost],
  );
}
