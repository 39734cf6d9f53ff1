import type { Tx } from "../../../database/tenancy.ts";
import { addressIsSettled, reportAddress } from "../sending/write-rows.ts";
import { isAddressChange, type Owner, TAKEN, UNKNOWN } from "./addresses.ts";
import type { Identifier } from "./identifier.ts";
import {
  absorbPerson,
  contactsOf,
  findPerson,
  keepAddress,
  keyOf,
  knownAs,
  linkContacts,
  lockPersons,
  type Person,
  personsBy,
  unlinkContacts,
} from "./person-rows.ts";
import { isQuiet, readdressWaiting } from "./waiting-operations.ts";

/** A contact for whom a deal speaks; null: there is nothing that he could be found by. */
export interface Spoken {
  contactId: number;
  identifier: Identifier | null;
}

/** A person whose address has changed: he is called by the id that stays, and told the address. */
export interface Readdressed {
  cioId: string;
  email: string;
}

export interface Found {
  /** Locked, with those who were asked for beside. */
  persons: Map<number, Person>;
  /** Person by contact. */
  of: Map<number, number>;
  /** By person. */
  readdressed: Map<number, Readdressed>;
  /** The card has changed since anybody looked whose its address is. */
  isOutdated: boolean;
  /** What is on its way to Customer.io speaks of somebody by an address that he has no more, and must be there first. */
  isUnderWay: boolean;
}

/**
 * Who these contacts are in the workspace. Several may be one, and one may have become another; an address goes on to its
 * person only where nobody else has it, and whoever has to decide that is told.
 */
export async function findPersons(
  tx: Tx,
  { accountId, leadId }: { accountId: number; leadId: number },
  spoken: readonly Spoken[],
  owners: ReadonlyMap<number, Owner>,
  alsoLocked: readonly number[],
): Promise<Found> {
  const nameless = spoken.filter(({ identifier }) => identifier === null).map(({ contactId }) => contactId);
  if (nameless.length > 0) await unlinkContacts(tx, nameless);
  const named = spoken.flatMap(({ contactId, identifier }) => (identifier ? [{ contactId, identifier }] : []));
  const before = await knownAs(
    tx,
    named.map(({ contactId }) => contactId),
  );
  const isChange = ({ contactId, identifier }: (typeof named)[number]) =>
    isAddressChange(before.get(contactId), identifier);
  const steady = named.filter((one) => !isChange(one));
  const changed = named.filter(isChange);
  const ids = await personsBy(
    tx,
    accountId,
    steady.map(({ identifier }) => identifier),
  );
  const of = new Map(steady.map(({ contactId, identifier }) => [contactId, ids.get(keyOf(identifier))!]));
  for (const { contactId } of changed) of.set(contactId, before.get(contactId)!.id);
  const persons = await lockPersons(tx, new Set([...of.values(), ...alsoLocked]));
  const readdressed = new Map<number, Readdressed>();
  let isOutdated = false;
  let isUnderWay = false;
  for (const { contactId, identifier } of changed) {
    const person = persons.get(of.get(contactId)!)!;
    const owner = owners.get(contactId);
    // Another deal of his has brought it about meanwhile.
    if (person.key === identifier.key) continue;
    if (owner === undefined) isOutdated = true;
    else if (owner.is === "free" && owner.cioId === null && !(await isQuiet(tx, accountId, person.id)))
      isUnderWay = true;
    else if (owner.is === "free" && (await mayTake(tx, person, identifier, owner)))
      await readdress(tx, person, identifier, owner, readdressed);
    else {
      const reason = (owner.is === "unknown" ? UNKNOWN : TAKEN)(contactId);
      await reportAddress(tx, accountId, { personId: person.id, leadId, reason });
    }
  }
  const moved = new Map([...of].filter(([contactId, id]) => before.get(contactId)?.id !== id));
  if (moved.size > 0) await linkContacts(tx, accountId, moved);
  const settled = steady.map(({ contactId }) => of.get(contactId)!);
  await addressIsSettled(tx, [...settled, ...readdressed.keys()]);
  return { persons, of, readdressed, isOutdated, isUnderWay };
}

/**
 * Whether nobody else of ours has the address. Who has it and is no contact any more, though Customer.io knows nobody else
 * by it, was the same person: what is known of him goes over.
 */
async function mayTake(tx: Tx, person: Person, to: Identifier, { isSure }: Owner & { is: "free" }): Promise<boolean> {
  const other = await findPerson(tx, to);
  if (other === undefined) return true;
  if (!isSure || (await contactsOf(tx, other)).length > 0) return false;
  await absorbPerson(tx, person.id, other);
  return true;
}

async function readdress(
  tx: Tx,
  person: Person,
  to: Identifier,
  { cioId, isSure }: Owner & { is: "free" },
  readdressed: Map<number, Readdressed>,
) {
  const from = person.identifier;
  Object.assign(person, { identifier: to.value, key: to.key, cioId, isCalledByCioId: !isSure });
  await keepAddress(tx, person);
  if (cioId !== null) return void readdressed.set(person.id, { cioId, email: to.value });
  // Unknown at Customer.io, he begins there anew; also what waits.
  await readdressWaiting(tx, person.id, from, to.value);
  Object.assign(person, { attributes: {}, optOut: person.isUnsubscribed ? "untold" : null });
}
