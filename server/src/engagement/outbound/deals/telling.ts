import { Injectable } from "@nestjs/common";
import type { Tx } from "../../../database/tenancy.ts";
import type { LeadReading } from "../../../leads/reader.ts";
import { Work } from "../../../work/work.ts";
import type { Timing } from "../../../work/work-kind.ts";
import { Effects } from "../../effects/effects.ts";
import { wronglyMarked } from "../../effects/mark-rows.ts";
import { CUSTOMERIO_DEAL, CUSTOMERIO_SEND } from "../../kinds.ts";
import { afterSilence, afterTelling, eventsFor, type News, untoldOf } from "../events/tell-events.ts";
import type { Owner } from "../people/addresses.ts";
import { identifierOf } from "../people/identifier.ts";
import { lockPersons, type Person } from "../people/person-rows.ts";
import { type Found, findPersons } from "../people/persons.ts";
import { type Circumstances, type PersonTold, tellLeft, tellPerson } from "../people/tell-persons.ts";
import { type NewOperation, putOperations } from "../sending/write-rows.ts";
import type { Terms } from "./beginning.ts";
import { type Deal, dealAttributes, namedDeal } from "./deal-attributes.ts";
import type { MemberCard } from "./deal-facts.ts";
import { keepToldDeal, readStanding, readToldDeal, type ToldDeal } from "./deal-rows.ts";
import { type ObjectTold, objectGone, objectTold } from "./object-operations.ts";

/** A deal that was read, with its lead locked. */
export interface ReadDeal {
  accountId: number;
  terms: Terms;
  reading: LeadReading;
  /** For whom it speaks, the main one first. */
  spoken: readonly MemberCard[];
  /** Who is responsible, by name. */
  owner: string | null;
  /** Whose the new addresses of people are, by contact. */
  owners: ReadonlyMap<number, Owner>;
  told: ToldDeal;
  news: News;
}

/** Somebody for whom the deal speaks, with the contacts of the deal who are him. */
interface Addressee {
  person: Person;
  cards: MemberCard[];
}

/** What waits because Customer.io or Kommo is away is not tried sooner for news. */
const now: Timing = { settleMs: 0, atMostMs: 0, hastens: false };

/** Compares a deal with what was told of it, and puts down what is to be sent. */
@Injectable()
export class Telling {
  constructor(
    private readonly work: Work,
    private readonly effects: Effects,
  ) {}

  /** @returns whether that is all; what is under way may have to arrive before somebody gets another address */
  async tell(tx: Tx, { accountId, terms, reading, spoken, told, news, ...read }: ReadDeal): Promise<boolean> {
    const { lead } = reading;
    const standing = await readStanding(tx, lead.id);
    const deal: Deal = {
      ...{ lead, pipelines: terms.made.pipelines, currency: terms.currency, owner: read.owner },
      ...{ segment: standing.segment, score: standing.score },
    };
    const circumstances: Circumstances = { terms, leadId: lead.id, now: await timeOf(tx) };
    const contacts = spoken.map(({ contactId, contact }) => {
      return { contactId, identifier: identifierOf(contact, terms.settings.identifier) };
    });
    const place = { accountId, leadId: lead.id, before: told.object };
    const found = await findPersons(tx, place, contacts, read.owners, told.people);
    const addressees = addresseesOf(spoken, found);
    const gathered = new Gathered();
    for (const { person, cards } of addressees) {
      const readdressed = found.readdressed.get(person.id);
      gathered.add(await tellPerson(tx, circumstances, { deal, cards, readdressed }, person));
    }
    const people = addressees.map(({ person }) => person.id);
    const left = told.people.filter((id) => !people.includes(id));
    await tellThoseLeft(tx, circumstances, left, found.persons, gathered);
    const untold = untoldOf(lead, told, news, standing, terms.toldFrom);
    const audience = addressees.map(({ person, cards }) => ({
      person,
      role: cards[0]!.role,
      isMain: cards[0]!.isMain,
    }));
    gathered.operations.push(
      ...eventsFor(untold, audience, deal, { accountId, ...circumstances, unheardAt: told.unheardAt }),
    );
    const object = asObject(terms, deal, place, audience, found.persons);
    gathered.operations.push(...object.operations);
    // What nobody was there to hear is told to whoever comes, if that is soon.
    const after =
      people.length > 0 ? afterTelling(told, news, untold, standing) : afterSilence(told, news, circumstances.now);
    await keepToldDeal(tx, accountId, lead.id, { ...after, people, object: object.after });
    if (found.isOutdated) gathered.awaited.add(lead.id);
    await this.put(tx, accountId, gathered);
    // Who has got another address, or is another person now, still shows that mail did not reach him.
    const wrongly = await wronglyMarked(
      tx,
      contacts.map(({ contactId }) => contactId),
    );
    await this.effects.ofStanding(tx, accountId, wrongly);
    return !found.isUnderWay;
  }

  /** A deal that was deleted, or has become part of another, with its lead locked: whoever was told of it is told of his next one. */
  async gone(tx: Tx, accountId: number, leadId: number, terms: Terms): Promise<void> {
    const told = await readToldDeal(tx, leadId);
    const persons = await lockPersons(tx, told.people);
    const gathered = new Gathered();
    await tellThoseLeft(tx, { terms, leadId, now: await timeOf(tx) }, told.people, persons, gathered);
    gathered.operations.push(...objectGone({ accountId, leadId, before: told.object }));
    await keepToldDeal(tx, accountId, leadId, { ...told, people: [], object: null });
    await this.put(tx, accountId, gathered);
  }

  private async put(tx: Tx, accountId: number, { operations, awaited }: Gathered) {
    await putOperations(tx, accountId, operations);
    const deals = [...awaited].map((subject) => ({ kind: CUSTOMERIO_DEAL, subject, priority: "engagement" as const }));
    await this.work.schedule(tx, accountId, deals, now);
    if (operations.length === 0) return;
    await this.work.schedule(
      tx,
      accountId,
      [{ kind: CUSTOMERIO_SEND, subject: accountId, priority: "engagement" }],
      now,
    );
  }
}

/** What comes of one decision: what is to be sent, and deals that have to be told as well. */
class Gathered {
  readonly operations: NewOperation[] = [];
  readonly awaited = new Set<number>();

  add({ operations, awaited }: PersonTold) {
    this.operations.push(...operations);
    if (awaited !== null) this.awaited.add(awaited);
  }
}

async function tellThoseLeft(
  tx: Tx,
  circumstances: Circumstances,
  left: readonly number[],
  persons: ReadonlyMap<number, Person>,
  gathered: Gathered,
) {
  for (const id of left) {
    const person = persons.get(id);
    if (person) gathered.add(await tellLeft(tx, circumstances, person));
  }
}

function addresseesOf(spoken: readonly MemberCard[], { persons, of }: Found): Addressee[] {
  const byPerson = Map.groupBy(
    spoken.filter(({ contactId }) => of.has(contactId)),
    ({ contactId }) => of.get(contactId)!,
  );
  return [...byPerson].map(([id, cards]) => ({ person: persons.get(id)!, cards }));
}

function asObject(
  { settings }: Terms,
  deal: Deal,
  place: Parameters<typeof objectTold>[0],
  related: Parameters<typeof objectTold>[3],
  persons: ReadonlyMap<number, Person>,
): ObjectTold {
  if (settings.objectTypeId === null) return { operations: objectGone(place), after: null };
  const { attributes } = dealAttributes(deal, settings.fields, null);
  return objectTold(place, settings.objectTypeId, namedDeal(deal.lead.id, attributes), related, persons);
}

async function timeOf(tx: Tx): Promise<Date> {
  const [{ at }] = await tx.query("SELECT app_now() AS at");
  return at;
}
