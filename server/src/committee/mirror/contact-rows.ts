import type { Tx } from "../../database/tenancy.ts";
import type { Shown } from "./shown.ts";
import type { Part } from "./wanted.ts";

/** How a contact stands between us and Kommo. */
export interface ContactState {
  shown: Shown;
  wanted: Shown;
  /** A change of it is on its way: what Kommo shows may be ours already. */
  isDue: boolean;
  /** Another one than before: something was written, or asked for, in between. */
  version: string;
}

export async function contactState(tx: Tx, contactId: number): Promise<ContactState> {
  const [row] = await tx.query(
    `SELECT coalesce(c.shown, '{}') AS shown, coalesce(c.wanted, '{}') AS wanted,
            coalesce(w.is_due, false) AS "isDue", concat(w.newest, ' ', w.is_due, ' ', c.shown) AS version
       FROM (SELECT max(id) AS newest, bool_or(state = 'due') AS is_due FROM write
              WHERE target = 'contact' AND thing = 'contact ' || $1::bigint) w
       LEFT JOIN contact_shown c ON c.contact_id = $1::bigint`,
    [contactId],
  );
  return row;
}

/** What a contact shows by our doing, and what it is to show. */
export async function keepContact(
  tx: Tx,
  accountId: number,
  contactId: number,
  { shown = {}, wanted }: { shown?: Shown; wanted?: Shown },
) {
  await tx.query(
    `INSERT INTO contact_shown AS c (account_id, contact_id, shown, wanted) VALUES ($1, $2, $3, coalesce($4::jsonb, '{}'))
     ON CONFLICT (account_id, contact_id) DO UPDATE SET
       shown = c.shown || excluded.shown, wanted = coalesce($4::jsonb, c.wanted)`,
    [accountId, contactId, JSON.stringify(shown), wanted === undefined ? null : JSON.stringify(wanted)],
  );
}

/** Somebody's parts by deal; empty when nothing was ever said of him. */
export async function partsOf(tx: Tx, contactId: number): Promise<Map<number, Part>> {
  const rows: (Part & { lead_id: number })[] = await tx.query(
    "SELECT lead_id, role, weight FROM stakeholder WHERE contact_id = $1",
    [contactId],
  );
  return new Map(rows.map(({ lead_id, ...part }) => [lead_id, part]));
}
