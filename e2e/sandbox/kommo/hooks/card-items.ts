import type { Account } from "../state/account.ts";
import type { EntityType, Lead, Person } from "../state/rows.ts";
import type { HookItem } from "./codes.ts";
import { hookFields } from "./values.ts";

export interface LeadBefore {
  old_status_id?: number;
  old_pipeline_id?: number;
  old_responsible_user_id?: number;
}

/** Keys in the order of observed traffic. Nulls and empty lists are dropped by the encoder, as PHP does. */
export function leadItem(account: Account, lead: Lead, action: string, before: LeadBefore = {}): HookItem {
  const item = {
    id: lead.id,
    name: lead.name,
    status_id: lead.status_id,
    old_status_id: before.old_status_id,
    price: Math.trunc(lead.price),
    responsible_user_id: lead.responsible_user_id,
    old_responsible_user_id: before.old_responsible_user_id,
    last_modified: lead.updated_at,
    modified_user_id: lead.updated_by,
    created_user_id: lead.created_by,
    date_create: lead.created_at,
    pipeline_id: lead.pipeline_id,
    old_pipeline_id: before.old_pipeline_id,
    tags: hookTags(account, "leads", lead.tags),
    account_id: account.id,
    custom_fields: hookFields(account.fields.leads, lead.values, "lead"),
    created_at: lead.created_at,
    updated_at: lead.updated_at,
  };
  return { key: "leads", action, item };
}

export function deletedLeadItem(lead: Lead): HookItem {
  return {
    key: "leads",
    action: "delete",
    item: { id: lead.id, status_id: lead.status_id, pipeline_id: lead.pipeline_id },
  };
}

/** Companies travel under `contacts` too, told apart by `type` only. */
export function personItem(
  account: Account,
  entity: "contacts" | "companies",
  person: Person,
  action: string,
  oldResponsible?: number,
): HookItem {
  const type = entity === "contacts" ? "contact" : "company";
  const leads = account.links.of(entity, person.id, "leads").map((link) => link.to_entity_id);
  const item = {
    id: person.id,
    name: person.name,
    responsible_user_id: person.responsible_user_id,
    date_create: person.created_at,
    last_modified: person.updated_at,
    created_user_id: person.created_by,
    modified_user_id: person.updated_by,
    account_id: account.id,
    tags: hookTags(account, entity, person.tags),
    custom_fields: hookFields(account.fields[entity], person.values, type),
    linked_leads_id: Object.fromEntries(leads.map((id) => [id, { ID: id }])),
    old_responsible_user_id: oldResponsible,
    created_at: person.created_at,
    updated_at: person.updated_at,
    type,
  };
  return { key: "contacts", action, item };
}

export function deletedPersonItem(entity: "contacts" | "companies", person: Person): HookItem {
  return {
    key: "contacts",
    action: "delete",
    item: { id: person.id, type: entity === "contacts" ? "contact" : "company" },
  };
}

function hookTags(account: Account, entity: EntityType, ids: ReadonlySet<number>): object[] {
  return [...ids].flatMap((id) => {
    const tag = account.tags[entity].byId.get(id);
    return tag ? [{ id, name: tag.name }] : [];
  });
}
