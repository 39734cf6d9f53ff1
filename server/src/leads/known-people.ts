import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import type { KommoClient } from "../kommo/client.ts";
import type { Contact } from "../kommo/resources.ts";
import { mailboxIn, nationalNumber, normaliseEmail } from "./contact-address.ts";
import type { Reach } from "./same-person.ts";

/** What we have made ourselves a moment ago is not shown by Kommo yet, and cannot be compared without. */
export class NotShownYet extends Error {
  override readonly name = "NotShownYet";
  readonly unavailable = true;

  constructor() {
    super("Kommo does not show yet what was made a moment ago.");
  }
}

/** Finds whom Kommo knows. Whatever brings people into it asks here first, so that nobody is made twice. */
@Injectable()
export class KnownPeople {
  constructor(private readonly tenancy: Tenancy) {}

  /**
   * Everybody who may be this person, by our own addresses and by Kommo's search. Both are loose: compare them by `samePerson`.
   *
   * @param madeLately contacts that are there, whether or not Kommo shows them yet
   * @throws NotShownYet
   */
  async find(
    accountId: number,
    kommo: KommoClient,
    { email, phone }: Reach,
    madeLately: ReadonlySet<number> = new Set(),
  ): Promise<Contact[]> {
    const mailbox = mailboxIn(email);
    const written = normaliseEmail(email);
    const national = phone === "" ? undefined : nationalNumber(phone);
    // A plus-address does not contain its mailbox, but begins like it.
    const begins = mailbox && `${mailbox.slice(0, mailbox.lastIndexOf("@"))}+`;
    const known: { contact_id: number }[] = await this.tenancy.run(accountId, (tx) =>
      tx.query("SELECT DISTINCT contact_id FROM contact_address WHERE address = ANY($1)", [
        [mailbox, written, phone, national].filter(Boolean),
      ]),
    );
    const texts = new Set([mailbox, written, begins, national].filter((text): text is string => Boolean(text)));
    const searched = (await Promise.all([...texts].map((text) => kommo.contactsFound(text)))).flat();
    const shown = new Set(searched.map(({ id }) => id));
    const others = await Promise.all(
      known
        .map(({ contact_id }) => contact_id)
        .filter((id) => !shown.has(id))
        .map((id) => read(kommo, id, madeLately)),
    );
    return [...searched.filter((contact) => !contact.is_deleted), ...others.flatMap((contact) => contact ?? [])];
  }
}

async function read(kommo: KommoClient, id: number, madeLately: ReadonlySet<number>): Promise<Contact | undefined> {
  const contact = await kommo.contact(id);
  if (!contact && madeLately.has(id)) throw new NotShownYet();
  return contact;
}
