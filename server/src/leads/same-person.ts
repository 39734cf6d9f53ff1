import type { CountryCode } from "libphonenumber-js/min";
import type { Contact } from "../kommo/resources.ts";
import { mailboxIn, normalisePhone } from "./contact-address.ts";
import { emailsOf, phonesOf } from "./contact-values.ts";

/** By what somebody is found and compared. */
export interface Reach {
  /** As it was written; empty when there is none. */
  email: string;
  /** E.164, or digits where no country is known; empty when there is none. */
  phone: string;
}

/** Whom of those that Kommo knows a person is. */
export interface Match {
  /** Null: nobody, so a contact is made. */
  kept: number | null;
  /** All who are this person, the one that is kept first. */
  same: number[];
  /** These may be the same person too; only a person may merge them. */
  others: number[];
  /** What they share. */
  shared: string;
}

export interface Circumstances {
  /** Of phones that are written without a country code. */
  country: CountryCode | undefined;
  /** Contacts who are somebody else of the same request. */
  taken?: ReadonlySet<number>;
  /** Who is taken before older ones. */
  preferred?: ReadonlySet<number> | undefined;
}

/**
 * Compares exactly what a loose search has found. An e-mail says more than a phone number, which colleagues may share: who
 * has another e-mail is somebody else, and perhaps not. Of several the oldest is taken, those with the
 * e-mail before those with the phone only.
 */
export function samePerson(
  { email, phone }: Reach,
  found: readonly Contact[],
  { country, taken, preferred }: Circumstances,
): Match {
  const mailbox = mailboxIn(email);
  const rank = ({ id }: Contact) => (preferred?.has(id) ? 0 : 1);
  const free = [...new Map(found.map((contact) => [contact.id, contact])).values()]
    .filter(({ id }) => !taken?.has(id))
    .toSorted((a, b) => rank(a) - rank(b) || byAge(a, b));
  const mailboxesOf = (contact: Contact) => emailsOf(contact).flatMap((one) => mailboxIn(one) ?? []);
  const byEmail = free.filter((contact) => mailbox !== undefined && mailboxesOf(contact).includes(mailbox));
  const byPhone = free.filter(
    (contact) =>
      !byEmail.includes(contact) &&
      phone !== "" &&
      phonesOf(contact).some((one) => normalisePhone(one, country) === phone),
  );
  const isSomebodyElse = (contact: Contact) => mailbox !== undefined && mailboxesOf(contact).length > 0;
  const same = [...byEmail, ...byPhone.filter((contact) => !isSomebodyElse(contact))].map(({ id }) => id);
  const [kept] = same;
  const others = [...byEmail, ...byPhone].map(({ id }) => id).filter((id) => id !== kept);
  return {
    kept: kept ?? null,
    same,
    others: others.toSorted((a, b) => a - b),
    shared: byEmail.length > 1 ? (mailbox ?? "") : phone,
  };
}

/** Kommo gives ids in the order in which things are made. */
function byAge(a: Contact, b: Contact): number {
  return (a.created_at?.getTime() ?? 0) - (b.created_at?.getTime() ?? 0) || a.id - b.id;
}
