import { isDeepStrictEqual } from "node:util";
import { change, isNews } from "../people/person-attributes.ts";
import { identifiersOf, type Person } from "../people/person-rows.ts";
import { dealObject, deleteObject, identifyObject, unrelate } from "../sending/operations.ts";
import type { NewOperation } from "../sending/write-rows.ts";
import { type Attributes, present } from "./attribute.ts";
import type { DealAsObject } from "./deal-rows.ts";

export interface Related {
  person: Person;
  isMain: boolean;
  role: string | null;
}

interface Place {
  accountId: number;
  leadId: number;
  before: DealAsObject | null;
}

/** What is to be sent of a deal as an object, and what is known of it then. */
export interface ObjectTold {
  operations: NewOperation[];
  after: DealAsObject | null;
}

/** @param persons those who were related before, among others */
export function objectTold(
  { accountId, leadId, before }: Place,
  typeId: string,
  attributes: Attributes,
  related: readonly Related[],
  persons: ReadonlyMap<number, Person>,
): ObjectTold {
  const known = before?.typeId === typeId ? before : null;
  const other = known ? null : before;
  const people = related.map(({ person, isMain, role }) => ({
    id: person.id,
    attributes: present({ is_main: isMain, role }),
  }));
  const after = { typeId, attributes: present(attributes), people };
  const isSame =
    known !== null && !isNews(known.attributes, after.attributes, "") && isDeepStrictEqual(known.people, people);
  if (isSame) return { operations: [], after: known };
  const ref = dealObject(typeId, accountId, leadId);
  const was = new Map(known?.people.map(({ id, attributes }) => [id, attributes]));
  const relationships = related.map(({ person }, place) => ({
    identifiers: identifiersOf(person),
    attributes: change(was.get(person.id) ?? {}, people[place]!.attributes),
  }));
  const left = [...was.keys()].filter((id) => !people.some((one) => one.id === id));
  const strangers = left.flatMap((id) => persons.get(id) ?? []).map(identifiersOf);
  const operations = [
    ...(other ? [deleteObject(dealObject(other.typeId, accountId, leadId))] : []),
    identifyObject(ref, change(known?.attributes ?? {}, after.attributes), relationships),
    ...(strangers.length > 0 ? [unrelate(ref, strangers)] : []),
  ];
  return { operations: operations.map((operation) => ofDeal(leadId, operation)), after };
}

/** With the object its relationships go. */
export function objectGone({ accountId, leadId, before }: Place): NewOperation[] {
  return before ? [ofDeal(leadId, deleteObject(dealObject(before.typeId, accountId, leadId)))] : [];
}

function ofDeal(leadId: number, operation: NewOperation["operation"]): NewOperation {
  return { kind: "object", personId: null, leadId, operation };
}
