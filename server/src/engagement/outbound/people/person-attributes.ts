import { isDeepStrictEqual } from "node:util";
import { type EngagementSettings, OWN_ATTRIBUTES } from "@dealscope/shared/engagement";
import type { Contact } from "../../../kommo/resources.ts";
import { type Attributes, present, textValue } from "../deals/attribute.ts";
import { type MappedValues, mappedValues } from "../deals/mapped-values.ts";
import type { DealsOfPerson } from "./deals-of-person.ts";

type Names = Pick<EngagementSettings, "fields" | "prefix">;

/** What a contact's card tells of the person. */
export function contactAttributes(contact: Contact, { fields }: Pick<Names, "fields">): MappedValues {
  const mapped = mappedValues(contact.custom_fields_values, fields, "contact");
  const own = { name: textValue(contact.name), kommo_contact_id: contact.id };
  return { attributes: { ...mapped.attributes, ...own }, problems: mapped.problems };
}

/** What is known of a person when something is told. */
export interface KnownOfPerson {
  /** As it was last decided. */
  before: Attributes;
  deals: DealsOfPerson;
  /** The deal that is told, without prefix; null when it speaks for the person no more. */
  deal: { id: number; attributes: Attributes } | null;
  /** The contacts of this deal who are this person, the main one first. */
  cards: readonly { contactId: number; attributes: Attributes }[];
}

/**
 * A person's attributes: the card, sums over all deals, and one chosen deal under the prefix. Another deal than the chosen
 * one changes only the sums; who shares a mailbox with others shows as the one in the chosen deal.
 */
export function personAttributes({ before, deals, deal, cards }: KnownOfPerson, names: Names): Attributes {
  const { chosen, ...sums } = deals;
  const isChosen = deal !== null && chosen === deal.id;
  const shown = cards.find(({ contactId }) => contactId === before.kommo_contact_id);
  const card = isChosen || before.kommo_contact_id === undefined ? cards[0] : shown;
  return present({
    ...(card?.attributes ?? pick(before, cardKeys(names))),
    ...(isChosen ? prefixed({ ...deal.attributes, id: deal.id }, names.prefix) : {}),
    ...(!isChosen && chosen !== null ? pick(before, dealKeys(names)) : {}),
    ...sums,
  });
}

/** The chosen deal is another one than the person is told of, so that one has to be told. */
export function awaits({ chosen }: DealsOfPerson, after: Attributes, { prefix }: Pick<Names, "prefix">): number | null {
  return chosen !== null && after[`${prefix}id`] !== chosen ? chosen : null;
}

/** Whether there is something to tell. That somebody has touched the deal is not: so do we, with what we write ourselves. */
export function isNews(before: Attributes, after: Attributes, prefix: string): boolean {
  const { [`${prefix}updated_at`]: _, ...was } = before;
  const { [`${prefix}updated_at`]: __, ...is } = after;
  return !isDeepStrictEqual(was, is);
}

/** All there is, and what is not there any more as null: Customer.io keeps what is not named. */
export function change(before: Attributes, after: Attributes): Attributes {
  return { ...Object.fromEntries(Object.keys(before).map((name) => [name, null])), ...after };
}

function prefixed(attributes: Attributes, prefix: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`${prefix}${name}`, value]));
}

function dealKeys({ fields, prefix }: Names): string[] {
  const mapped = fields.filter(({ entity }) => entity === "lead").map(({ attribute }) => attribute);
  return [...OWN_ATTRIBUTES, ...mapped].map((name) => `${prefix}${name}`);
}

function cardKeys({ fields }: Pick<Names, "fields">): string[] {
  const mapped = fields.filter(({ entity }) => entity === "contact").map(({ attribute }) => attribute);
  return ["name", "kommo_contact_id", ...mapped];
}

function pick(attributes: Attributes, keys: readonly string[]): Attributes {
  return Object.fromEntries(keys.flatMap((key) => (key in attributes ? [[key, attributes[key]!]] : [])));
}
