import type { Tx } from "../../../database/tenancy.ts";
import type { Attributes } from "../deals/attribute.ts";
import type { Terms } from "../deals/beginning.ts";
import type { Deal } from "../deals/deal-attributes.ts";
import { dealAttributes } from "../deals/deal-attributes.ts";
import type { MemberCard } from "../deals/deal-facts.ts";
import { identify, type PersonIdentifiers } from "../sending/operations.ts";
import type { NewOperation } from "../sending/write-rows.ts";
import { dealsOfPerson, mainPipelineOf } from "./deals-of-person.ts";
import { awaits, change, contactAttributes, isNews, personAttributes } from "./person-attributes.ts";
import { contactsOf, identifiersOf, keepPerson, type Person } from "./person-rows.ts";
import type { Readdressed } from "./persons.ts";

/** What is told of a person. */
export interface PersonTold {
  operations: NewOperation[];
  /** A deal that has to be told before he is shown in the right one. */
  awaited: number | null;
}

export interface Circumstances {
  terms: Terms;
  leadId: number;
  now: Date;
}

/** Somebody for whom the deal speaks. The person is locked, and knows afterwards whether events reach him. */
export async function tellPerson(
  tx: Tx,
  circumstances: Circumstances,
  { deal, cards, readdressed }: { deal: Deal; cards: readonly MemberCard[]; readdressed: Readdressed | undefined },
  person: Person,
): Promise<PersonTold> {
  const { settings } = circumstances.terms;
  const { attributes } = dealAttributes(deal, settings.fields, cards[0]!.role);
  const after = await attributesOf(tx, circumstances, person, {
    deal: { id: deal.lead.id, attributes },
    cards: cards.map(({ contactId, contact }) => ({
      contactId,
      attributes: contactAttributes(contact, settings).attributes,
    })),
  });
  const isTicked = cards.some(({ contact }) =>
    contact.custom_fields_values.some(
      ({ field_id, values }) => field_id === settings.optOutFieldId && values[0]?.value === true,
    ),
  );
  // Never the other way round: who has unsubscribed would be written to again because of a box.
  const unsubscribes = isTicked && !person.optedOut && !person.isUnsubscribed;
  if (unsubscribes) Object.assign(person, { isSilenced: true, isUnsubscribed: true, optOut: "untold" });
  person.optedOut = isTicked;
  const identifiers = readdressed ? { cio_id: readdressed.cioId } : identifiersOf(person);
  const told = await keep(tx, circumstances, person, after, { identifiers, unsubscribes });
  if (!readdressed) return told;
  // Alone, so that nothing else is lost with it where Customer.io refuses it without a word.
  const operation = identify(identifiers, { email: readdressed.email }, circumstances.now);
  return { ...told, operations: [...told.operations, ofPerson(circumstances, person, operation)] };
}

/** Somebody for whom the deal spoke, and does no more: his other deals count. */
export async function tellLeft(tx: Tx, circumstances: Circumstances, person: Person): Promise<PersonTold> {
  const after = await attributesOf(tx, circumstances, person, { deal: null, cards: [] });
  const identifiers = identifiersOf(person);
  const told = await keep(tx, circumstances, person, after, { identifiers, unsubscribes: false });
  // This one has been looked at just now.
  return { ...told, awaited: told.awaited === circumstances.leadId ? null : told.awaited };
}

interface AttributesOf {
  chosen: Awaited<ReturnType<typeof dealsOfPerson>>;
  attributes: Attributes;
}

async function attributesOf(
  tx: Tx,
  { terms }: Circumstances,
  { id, attributes: before }: Person,
  known: Pick<Parameters<typeof personAttributes>[0], "deal" | "cards">,
): Promise<AttributesOf> {
  const { speaksFor } = terms.settings;
  const chosen = await dealsOfPerson(tx, await contactsOf(tx, id), speaksFor, mainPipelineOf(terms.made));
  return { chosen, attributes: personAttributes({ before, deals: chosen, ...known }, terms.settings) };
}

async function keep(
  tx: Tx,
  circumstances: Circumstances,
  person: Person,
  { chosen, attributes: after }: AttributesOf,
  { identifiers, unsubscribes }: { identifiers: PersonIdentifiers; unsubscribes: boolean },
): Promise<PersonTold> {
  const { settings } = circumstances.terms;
  const isTold = person.optOut === "untold" || isNews(person.attributes, after, settings.prefix);
  // Said by every operation until Customer.io has taken one of them.
  const optsOut = person.optOut !== null;
  const attributes = { ...change(person.attributes, after), ...(optsOut && { unsubscribed: true }) };
  if (isTold) Object.assign(person, { attributes: after, optOut: optsOut ? "queued" : null });
  await keepPerson(tx, person, unsubscribes);
  const operation = identify(identifiers, attributes, circumstances.now);
  return {
    operations: isTold ? [ofPerson(circumstances, person, operation)] : [],
    awaited: awaits(chosen, after, settings),
  };
}

function ofPerson({ leadId }: Circumstances, { id }: Person, operation: NewOperation["operation"]): NewOperation {
  return { kind: "person", personId: id, leadId, operation };
}
