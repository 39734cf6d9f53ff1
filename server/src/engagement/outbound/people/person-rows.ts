import type { Tx } from "../../../database/tenancy.ts";
import type { Attributes } from "../deals/attribute.ts";
import type { PersonIdentifiers } from "../sending/operations.ts";
import type { Identifier } from "./identifier.ts";

/** Somebody of the workspace, as we know him. */
export interface Person {
  id: number;
  by: Identifier["by"];
  identifier: string;
  key: string;
  cioId: string | null;
  isCalledByCioId: boolean;
  /** As last decided. */
  attributes: Attributes;
  /** No events for him: he has unsubscribed, or mail to him does not arrive. */
  isSilenced: boolean;
  isUnsubscribed: boolean;
  optedOut: boolean;
  /** That he wants no mail, which Customer.io has not taken yet: it has to be said, or is said by an operation that waits. */
  optOut: "untold" | "queued" | null;
}

const COLUMNS = `
  p.id, p.identified_by AS "by", p.identifier, p.identifier_key AS key, p.cio_id AS "cioId",
  p.is_called_by_cio_id AS "isCalledByCioId", p.attributes, p.opted_out AS "optedOut",
  p.unsubscribed_at IS NOT NULL AS "isUnsubscribed",
  CASE WHEN p.unsubscribed_at IS NOT NULL THEN p.opt_out END AS "optOut",
  p.unsubscribed_at IS NOT NULL OR p.address_state IS NOT NULL AS "isSilenced"`;

/** Who a contact was when he was last told of. */
export interface KnownAs extends Person {
  contactId: number;
  /** Other contacts are the same person, such as those who share a mailbox. */
  isShared: boolean;
}

export async function knownAs(tx: Tx, contactIds: readonly number[]): Promise<Map<number, KnownAs>> {
  const rows: KnownAs[] = await tx.query(
    `SELECT pc.contact_id AS "contactId", ${COLUMNS},
            EXISTS (SELECT FROM customerio_person_contact o
                     WHERE o.person_id = p.id AND o.contact_id <> pc.contact_id
                       AND NOT EXISTS (SELECT FROM contact c WHERE c.contact_id = o.contact_id AND c.gone)) AS "isShared"
       FROM customerio_person_contact pc JOIN customerio_person p ON p.id = pc.person_id
      WHERE pc.contact_id = ANY($1)`,
    [contactIds],
  );
  return new Map(rows.map((row) => [row.contactId, row]));
}

/** Those who have these identifiers; who is new gets a row. In one order, so that nobody waits in a circle. */
export async function personsBy(
  tx: Tx,
  accountId: number,
  identifiers: readonly Identifier[],
): Promise<Map<string, number>> {
  if (identifiers.length === 0) return new Map();
  const given = [identifiers.map(({ by }) => by), identifiers.map(({ key }) => key)];
  await tx.query(
    `INSERT INTO customerio_person (account_id, identified_by, identifier_key, identifier)
     SELECT DISTINCT ON (1, 2, 3) $1::bigint, n.* FROM unnest($2::text[], $3::text[], $4::text[]) AS n ORDER BY 1, 2, 3
     ON CONFLICT DO NOTHING`,
    [accountId, ...given, identifiers.map(({ value }) => value)],
  );
  const rows: { id: number; by: Identifier["by"]; key: string }[] = await tx.query(
    `SELECT p.id, p.identified_by AS by, p.identifier_key AS key FROM customerio_person p
       JOIN unnest($1::text[], $2::text[]) AS n (by, key) ON p.identified_by = n.by AND p.identifier_key = n.key`,
    given,
  );
  return new Map(rows.map(({ by, key, id }) => [keyOf({ by, key }), id]));
}

export const keyOf = ({ by, key }: Pick<Identifier, "by" | "key">) => `${by} ${key}`;

export async function findPerson(tx: Tx, { by, key }: Identifier): Promise<number | undefined> {
  const [row] = await tx.query("SELECT id FROM customerio_person WHERE identified_by = $1 AND identifier_key = $2", [
    ...[by, key],
  ]);
  return row?.id;
}

/** Two rows were one person. */
export async function absorbPerson(tx: Tx, id: number, other: number) {
  await tx.query(
    `UPDATE customerio_person p SET unsubscribed_at = coalesce(p.unsubscribed_at, o.unsubscribed_at),
            unsubscribed_by = coalesce(p.unsubscribed_by, o.unsubscribed_by), opt_out = coalesce(p.opt_out, o.opt_out)
       FROM customerio_person o WHERE p.id = $1 AND o.id = $2`,
    [id, other],
  );
  await tx.query("UPDATE engagement_event SET person_id = $1 WHERE person_id = $2", [id, other]);
  await tx.query("UPDATE customerio_write SET person_id = $1 WHERE person_id = $2", [id, other]);
  await tx.query("DELETE FROM customerio_person_contact WHERE person_id = $1", [other]);
  await tx.query("DELETE FROM customerio_person WHERE id = $1", [other]);
}

/** Until the transaction ends nobody else decides what is told of them. */
export async function lockPersons(tx: Tx, ids: Iterable<number>): Promise<Map<number, Person>> {
  const rows: Person[] = await tx.query(
    `SELECT ${COLUMNS} FROM customerio_person p WHERE p.id = ANY($1) ORDER BY p.id FOR UPDATE`,
    [[...ids]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export async function linkContacts(tx: Tx, accountId: number, links: ReadonlyMap<number, number>) {
  await tx.query(
    `INSERT INTO customerio_person_contact (account_id, contact_id, person_id)
     SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[]) AS n (contact_id, person_id) ORDER BY contact_id
     ON CONFLICT (account_id, contact_id) DO UPDATE SET person_id = excluded.person_id
       WHERE customerio_person_contact.person_id <> excluded.person_id`,
    [accountId, [...links.keys()], [...links.values()]],
  );
}

export async function unlinkContacts(tx: Tx, contactIds: readonly number[]) {
  await tx.query("DELETE FROM customerio_person_contact WHERE contact_id = ANY($1)", [contactIds]);
}

/** All who are this person, but for those whom Kommo has deleted. */
export async function contactsOf(tx: Tx, personId: number): Promise<number[]> {
  const rows: { contact_id: number }[] = await tx.query(
    `SELECT contact_id FROM customerio_person_contact pc WHERE person_id = $1
        AND NOT EXISTS (SELECT FROM contact c WHERE c.contact_id = pc.contact_id AND c.gone)`,
    [personId],
  );
  return rows.map(({ contact_id }) => contact_id);
}

export async function keepPerson(tx: Tx, { id, attributes, optedOut, optOut }: Person, unsubscribes: boolean) {
  await tx.query(
    `UPDATE customerio_person SET attributes = $2, opted_out = $3, opt_out = $5,
            unsubscribed_at = CASE WHEN $4 THEN app_now() ELSE unsubscribed_at END,
            unsubscribed_by = CASE WHEN $4 THEN 'kommo' ELSE unsubscribed_by END
      WHERE id = $1`,
    [id, JSON.stringify(attributes), optedOut, unsubscribes, optOut],
  );
}

export async function keepAddress(tx: Tx, { id, identifier, key, cioId, isCalledByCioId }: Person) {
  await tx.query(
    `UPDATE customerio_person SET identifier = $2, identifier_key = $3, cio_id = $4, is_called_by_cio_id = $5,
            address_state = NULL, address_state_at = NULL
      WHERE id = $1`,
    [id, identifier, key, cioId, isCalledByCioId],
  );
}

/** How he is called in what is sent. */
export function identifiersOf({ by, identifier, cioId, isCalledByCioId }: Person): PersonIdentifiers {
  if (isCalledByCioId && cioId !== null) return { cio_id: cioId };
  return by === "email" ? { email: identifier } : { id: identifier };
}
