import { z } from "zod";
import { InvalidItem, type ItemError } from "../crm/invalid-item.ts";
import { createLead, mainPipeline } from "../crm/leads.ts";
import { linkCompany, linkContact } from "../crm/linking.ts";
import { createPerson, type PersonChange } from "../crm/people.ts";
import { addUnsorted, incomingStage } from "../crm/unsorted.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch } from "./batch.ts";
import type { Call } from "./call.ts";
import { readNewLead } from "./lead-input.ts";
import { readPerson } from "./people.ts";

const MOST_LEADS = 50;
const MOST_VALUES = 40;

const item = z.looseObject({
  pipeline_id: z.int().optional(),
  custom_fields_values: z.array(z.unknown()).max(MOST_VALUES).nullish(),
  _embedded: z
    .looseObject({
      contacts: z
        .array(z.looseObject({ id: z.int().optional() }))
        .max(1)
        .nullish(),
      companies: z
        .array(z.looseObject({ id: z.int().optional() }))
        .max(1)
        .nullish(),
      metadata: z.looseObject({ category: z.enum(["forms", "sip"]) }).nullish(),
    })
    .optional(),
});

/** A lead with its one contact and one company in a single call; the answer is a bare array. */
export function complexRoutes(api: Api): void {
  api.post("/leads/complex", (call) =>
    writeBatch(
      call,
      (given) => readComplex(call, given),
      (create, request_id) => ({ ...create(), request_id: [request_id], merged: false }),
      MOST_LEADS,
    ),
  );
}

function readComplex(
  call: Call,
  given: unknown,
): () => { id: number; contact_id: number | null; company_id: number | null } {
  const { account, user } = call;
  const wish = parseItem(item, given);
  const { contacts, companies, metadata, ...embedded } = wish._embedded ?? {};
  const pipeline_id = wish.pipeline_id ?? mainPipeline(account).id;
  // With metadata it becomes an incoming lead, whatever stage was asked for.
  const stage = metadata ? { pipeline_id, status_id: incomingStage(account, pipeline_id) } : {};
  const lead = readNewLead(account, { ...wish, ...stage, _embedded: embedded });
  const contact = readOther(call, "contacts", contacts?.[0]);
  const company = readOther(call, "companies", companies?.[0]);
  return () => {
    const { id } = createLead(account, lead, user.id);
    const is_unsorted = Boolean(metadata);
    const link = (contactId: number) => linkContact(account, id, contactId, true, user.id);
    const contact_id =
      contact && create(call, "contacts", { ...contact, change: { ...contact.change, is_unsorted } }, link);
    const company_id =
      company &&
      create(call, "companies", company, (companyId) => linkCompany(account, "leads", id, companyId, user.id));
    call.created += 1;
    const made = { contact_id: contact_id ?? null, company_id: company_id ?? null };
    if (metadata)
      addUnsorted(account, {
        category: metadata.category,
        source_name: "API",
        source_uid: crypto.randomUUID(),
        metadata,
        lead_id: id,
        ...made,
      });
    return { id, ...made };
  };
}

interface Other {
  /** One that exists is linked as it is. */
  id: number | undefined;
  change: PersonChange;
}

function readOther(
  call: Call,
  entity: "contacts" | "companies",
  given: { id?: number } | undefined,
): Other | undefined {
  if (!given) return undefined;
  const errors: ItemError[] = [];
  const tooMany =
    "custom_fields_values" in given &&
    Array.isArray(given.custom_fields_values) &&
    given.custom_fields_values.length > MOST_VALUES;
  const path = `_embedded.${entity}.0`;
  if (tooMany)
    errors.push({ code: "TooMany", path: `${path}.custom_fields_values`, detail: `At most ${MOST_VALUES} fields.` });
  if (given.id !== undefined && !call.account[entity].get(given.id)) {
    errors.push({
      code: "NotSupportedChoice",
      path: `${path}.id`,
      detail: "The value you selected is not a valid choice.",
    });
  }
  if (errors.length > 0) throw new InvalidItem(errors);
  try {
    return { id: given.id, change: readPerson(call.account, entity, given) };
  } catch (error) {
    if (!(error instanceof InvalidItem)) throw error;
    throw new InvalidItem(error.errors.map((one) => ({ ...one, path: `${path}.${one.path}` })));
  }
}

function create(call: Call, entity: "contacts" | "companies", other: Other, link: (id: number) => void): number {
  if (other.id !== undefined) {
    link(other.id);
    return other.id;
  }
  call.created += 1;
  return createPerson(call.account, entity, other.change, call.user.id, (person) => link(person.id)).id;
}
