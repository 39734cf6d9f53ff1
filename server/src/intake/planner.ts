import { CLOSED } from "@dealscope/shared/stage-ref";
import { Injectable } from "@nestjs/common";
import type { CountryCode } from "libphonenumber-js/min";
import { Tenancy } from "../database/tenancy.ts";
import type { KommoClient } from "../kommo/client.ts";
import type { Contact, Lead } from "../kommo/resources.ts";
import { KnownPeople, NotShownYet } from "../leads/known-people.ts";
import { mayBeOpen } from "../leads/open-leads.ts";
import { type Match, samePerson } from "../leads/same-person.ts";
import { type Doubt, madeLately, type Plan, type Request } from "./intake-rows.ts";
import { type Person, plainName } from "./read-wish.ts";

/** What a plan is made for. */
export interface Ground {
  accountId: number;
  kommo: KommoClient;
  country: CountryCode | undefined;
  /** Where open deals are extended; undefined where none are. */
  extendsIn: number | undefined;
}

/** A plan, and all who were compared for it. */
export interface Planned {
  plan: Plan;
  found: Contact[];
}

interface OpenDeal {
  id: number;
  hasCompany: boolean;
  contactIds: ReadonlySet<number>;
}

/** Finds out who is known already. Changes nothing. */
@Injectable()
export class Planner {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly people: KnownPeople,
  ) {}

  /** @throws NotShownYet */
  async plan(ground: Ground, { wish }: Request): Promise<Planned> {
    const lately = await this.tenancy.run(ground.accountId, (tx) => madeLately(tx));
    const made = (entity: "lead" | "contact") =>
      new Set(lately.filter((one) => one.entity === entity).map(({ kommoId }) => kommoId));
    const { accountId, kommo, country } = ground;
    const found = await Promise.all(
      wish.people.map((person) => this.people.find(accountId, kommo, person, made("contact"))),
    );
    const known = comparePeople(wish.people, found, country);
    const theirs = known.flatMap(({ same }) => same);
    const open = ground.extendsIn === undefined ? undefined : await this.openDealOf(ground, theirs, made("lead"));
    // Whoever is in the deal already is not joined there by himself.
    const matches = open ? comparePeople(wish.people, found, country, open.contactIds) : known;
    const contactIds = matches.map(({ kept }) => kept);
    const taken = new Set(contactIds);
    const doubts = matches.flatMap(({ others, shared }, place): Doubt[] =>
      others.length > 0 ? [{ entity: "contact", place, otherIds: others, shared }] : [],
    );
    const newest = lately.find(({ entity, name }) => entity === "company" && name === plainName(wish.company));
    const companyIds = wish.company === "" ? [] : await companiesCalled(kommo, wish.company);
    const [companyId = newest?.kommoId ?? null, ...otherIds] = companyIds;
    if (otherIds.length > 0) doubts.push({ entity: "company", place: 0, otherIds, shared: wish.company });
    const plan: Plan = {
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
    return { plan, found: found.flat() };
  }

  /** The open deal of one of these people that was changed last, in the pipeline of forms. */
  private async openDealOf(
    { accountId, kommo, extendsIn }: Ground,
    contactIds: readonly number[],
    madeByUs: ReadonlySet<number>,
  ): Promise<OpenDeal | undefined> {
    const ours: { lead_id: number }[] = await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `SELECT DISTINCT lead_id FROM intake_request
          WHERE contact_ids && $1 AND lead_id IS NOT NULL AND ended_at > app_now() - interval '1 minute'`,
        [contactIds],
      ),
    );
    const theirs = await Promise.all(contactIds.map((id) => kommo.contact(id)));
    const linked = theirs.flatMap((contact) => contact?._embedded.leads.map(({ id }) => id) ?? []);
    const perhaps = await this.tenancy.run(accountId, (tx) => mayBeOpen(tx, linked));
    const ids = new Set([...perhaps, ...ours.map(({ lead_id }) => lead_id)]);
    const leads = await Promise.all(
      [...ids].map(async (id): Promise<Lead | undefined> => {
        const lead = await kommo.lead(id);
        if (!lead && madeByUs.has(id)) throw new NotShownYet();
        return lead;
      }),
    );
    const [last] = leads
      .filter((lead) => lead !== undefined)
      .filter((lead) => lead.pipeline_id === extendsIn && !CLOSED.includes(lead.status_id) && !lead.closed_at)
      .toSorted((a, b) => (b.updated_at?.getTime() ?? 0) - (a.updated_at?.getTime() ?? 0) || b.id - a.id);
    if (!last) return undefined;
    const { contacts, companies } = last._embedded;
    return { id: last.id, hasCompany: companies.length > 0, contactIds: new Set(contacts.map(({ id }) => id)) };
  }
}

/** Each of them is somebody else. */
function comparePeople(
  people: readonly Person[],
  found: readonly (readonly Contact[])[],
  country: CountryCode | undefined,
  preferred?: ReadonlySet<number>,
): Match[] {
  const taken = new Set<number>();
  return people.map((person, place) => {
    const match = samePerson(person, found[place] ?? [], { country, taken, preferred });
    if (match.kept !== null) taken.add(match.kept);
    return match;
  });
}

/** Oldest first. */
async function companiesCalled(kommo: KommoClient, name: string): Promise<number[]> {
  const found = await kommo.companiesFound(name);
  return found
    .filter((company) => !company.is_deleted && plainName(company.name) === plainName(name))
    .toSorted((a, b) => (a.created_at?.getTime() ?? 0) - (b.created_at?.getTime() ?? 0) || a.id - b.id)
    .map(({ id }) => id);
}
