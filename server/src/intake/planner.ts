import { LOST, WON } from "@dealscope/shared/stage-ref";
import { Injectable } from "@nestjs/common";
import type { CountryCode } from "libphonenumber-js/min";
import { Tenancy } from "../database/tenancy.ts";
import type { KommoClient } from "../kommo/client.ts";
import type { Contact, Lead } from "../kommo/resources.ts";
import { nationalNumber, normaliseEmail } from "../leads/contact-address.ts";
import { type Doubt, madeLately, type Plan, type Request } from "./intake-rows.ts";
import { mailboxIn, type Person, plainName } from "./read-wish.ts";
import { samePerson } from "./same-person.ts";

const WON_OR_LOST: readonly number[] = [WON, LOST];

/** What we have made ourselves a moment ago is not shown by Kommo yet, and cannot be compared without. */
class NotShownYet extends Error {
  override readonly name = "NotShownYet";
  readonly unavailable = true;

  constructor() {
    super("Kommo does not show yet what was made a moment ago.");
  }
}

/** What a plan is made for. */
export interface Ground {
  accountId: number;
  kommo: KommoClient;
  country: CountryCode | undefined;
  /** Where open deals are extended; undefined where none are. */
  extendsIn: number | undefined;
}

/** Finds out who is known already. Changes nothing. */
@Injectable()
export class Planner {
  constructor(private readonly tenancy: Tenancy) {}

  /** @throws NotShownYet */
  async plan(ground: Ground, { wish }: Request): Promise<Plan> {
    const lately = await this.tenancy.run(ground.accountId, (tx) => madeLately(tx));
    const made = (entity: "lead" | "contact") =>
      new Set(lately.filter((one) => one.entity === entity).map(({ kommoId }) => kommoId));
    const found = await Promise.all(wish.people.map((person) => this.find(ground, person, made("contact"))));
    const taken = new Set<number>();
    const doubts: Doubt[] = [];
    const contactIds = wish.people.map((person, place) => {
      const { kept, others, shared } = samePerson(person, found[place] ?? [], ground.country, taken);
      if (kept !== null) taken.add(kept);
      if (others.length > 0) doubts.push({ entity: "contact", place, otherIds: others, shared });
      return kept;
    });
    const open = ground.extendsIn === undefined ? undefined : await this.openDealOf(ground, [...taken], made("lead"));
    const newest = lately.find(({ entity, name }) => entity === "company" && name === plainName(wish.company));
    const companyIds = wish.company === "" ? [] : await companiesCalled(ground.kommo, wish.company);
    const [companyId = newest?.kommoId ?? null, ...otherIds] = companyIds;
    if (otherIds.length > 0) doubts.push({ entity: "company", place: 0, otherIds, shared: wish.company });
    return {
      contactIds,
      companyId,
      hasCompany: wish.company !== "" && !open?.hasCompany,
      leadId: open?.id ?? null,
      // Who is somebody else of this request is in no doubt.
      doubts: doubts.flatMap((doubt) => {
        const rest = doubt.entity === "company" ? doubt.otherIds : doubt.otherIds.filter((id) => !taken.has(id));
        return rest.length > 0 ? [{ ...doubt, otherIds: rest }] : [];
      }),
    };
  }

  /** Everybody who may be this person, by our own addresses and by Kommo's search. */
  private async find(
    { accountId, kommo }: Ground,
    { email, phone }: Person,
    madeByUs: ReadonlySet<number>,
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
        .map((id) => read(kommo, id, madeByUs)),
    );
    return [...searched.filter((contact) => !contact.is_deleted), ...others.flatMap((contact) => contact ?? [])];
  }

  /** The open deal of one of these people that was changed last, in the pipeline of forms. */
  private async openDealOf(
    { accountId, kommo, extendsIn }: Ground,
    contactIds: readonly number[],
    madeByUs: ReadonlySet<number>,
  ): Promise<{ id: number; hasCompany: boolean } | undefined> {
    const ours: { lead_id: number }[] = await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `SELECT DISTINCT lead_id FROM intake_request
          WHERE contact_ids && $1 AND lead_id IS NOT NULL AND ended_at > app_now() - interval '1 minute'`,
        [contactIds],
      ),
    );
    const theirs = await Promise.all(contactIds.map((id) => kommo.leadsOfContact(id)));
    const ids = new Set([...theirs.flat(), ...ours.map(({ lead_id }) => lead_id)]);
    const leads = await Promise.all(
      [...ids].map(async (id): Promise<Lead | undefined> => {
        const lead = await kommo.lead(id);
        if (!lead && madeByUs.has(id)) throw new NotShownYet();
        return lead;
      }),
    );
    const [last] = leads
      .filter((lead) => lead !== undefined)
      .filter((lead) => lead.pipeline_id === extendsIn && !WON_OR_LOST.includes(lead.status_id) && !lead.closed_at)
      .toSorted((a, b) => (b.updated_at?.getTime() ?? 0) - (a.updated_at?.getTime() ?? 0) || b.id - a.id);
    return last && { id: last.id, hasCompany: last._embedded.companies.length > 0 };
  }
}

async function read(kommo: KommoClient, id: number, madeByUs: ReadonlySet<number>): Promise<Contact | undefined> {
  const contact = await kommo.contact(id);
  if (!contact && madeByUs.has(id)) throw new NotShownYet();
  return contact;
}

/** Oldest first. */
async function companiesCalled(kommo: KommoClient, name: string): Promise<number[]> {
  const found = await kommo.companiesFound(name);
  return found
    .filter((company) => !company.is_deleted && plainName(company.name) === plainName(name))
    .toSorted((a, b) => (a.created_at?.getTime() ?? 0) - (b.created_at?.getTime() ?? 0) || a.id - b.id)
    .map(({ id }) => id);
}
