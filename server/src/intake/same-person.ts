import type { CountryCode } from "libphonenumber-js/min";
import type { Contact } from "../kommo/resources.ts";
import { normalisePhone } from "../leads/contact-address.ts";
import { emailsOf, phonesOf } from "../leads/contact-values.ts";
import { mailboxIn, type Person } from "./read-wish.ts";

/** Whom of those that Kommo knows a person is. */
export interface Match {
  /** Null: nobody, so a contact is made. */
  kept: number | null;
  /** These may be the same person too; only a person may merge them. */
  others: number[];
  /** What they share. */
  shared: string;
}

/**
 * Compares exactly what a loose search has found. An e-mail says more than a phone number, which colleagues may share: who
 * has another e-mail is somebody else, and perhaps not. Of several the oldest is taken.
 *
 * @param taken contacts who are somebody else of the same request
 */
export function samePerson(
  { email, phone }: Person,
  found: readonly Contact[],
  country: CountryCode | undefined,
  taken: ReadonlySet<number>,
): Match {
  const mailbox = mailboxIn(email);
  const free = [...new Map(found.map((contact) => [contact.id, contact])).values()]
    .filter(({ id }) => !taken.has(id))
    .toSorted(byAge);
  const mailboxesOf = (contact: Contact) => emailsOf(contact).flatMap((one) => mailboxIn(one) ?? []);
  const byEmail = free.filter((contact) => mailbox !== undefined && mailboxesOf(contact).includes(mailbox));
  const byPhone = free.filter(
    (contact) =>
      !byEmail.includes(contact) &&
      phone !== "" &&
      phonesOf(contact).some((one) => normalisePhone(one, country) === phone),
  );
  const isSomebodyElse = (contact: Contact) => mailbox !== undefined && mailboxesOf(contact).length > 0;
  const [kept] = [...byEmail, ...byPhone.filter((contact) => !isSomebodyElse(contact))];
  const others = [...byEmail, ...byPhone].filter((contact) => contact !== kept).map(({ id }) => id);
  return {
    kept: kept?.id ?? null,
    others: others.toSorted((a, b) => a - b),
    shared: byEmail.length > 1 ? (mailbox ?? "") : phone,
  };
}

/** Kommo gives ids in the order in which things are made. */
function byAge(a: Contact, b: Contact): number {
  return (a.created_at?.getTime() ?? 0) - (b.created_at?.getTime() ?? 0) || a.id - b.id;
}
