import { leadItem } from "../hooks/card-items.ts";
import type { Account } from "../state/account.ts";
import type { Lead, Person } from "../state/rows.ts";
import { record } from "./history.ts";
import { deleteLead, stamp } from "./leads.ts";
import { linkContact, unlink } from "./linking.ts";
import { deletePerson, updatePerson } from "./people.ts";

/** A person merges two leads: the first survives with what the others had, the others are deleted. */
export function mergeLeads(account: Account, survivor: Lead, others: readonly Lead[], by: number): void {
  for (const other of others) {
    for (const [fieldId, values] of other.values) {
      if (!survivor.values.has(fieldId)) survivor.values.set(fieldId, values);
    }
    for (const tag of other.tags) survivor.tags.add(tag);
    for (const link of account.links.of("leads", other.id, "contacts")) {
      linkContact(account, survivor.id, link.to_entity_id, undefined, by);
    }
    deleteLead(account, other, by);
    record(account, {
      type: "entity_merged",
      entity_type: "lead",
      entity_id: survivor.id,
      created_by: by,
      value_before: [{ entity_merged: { id: other.id } }],
    });
  }
  stamp(account, survivor, by);
  account.announce(account, ["update_lead"], () => leadItem(account, survivor, "update"));
}

/** Two contacts are one person: the first takes over the others' values, tags and leads. */
export function mergeContacts(account: Account, survivor: Person, others: readonly Person[], by: number): void {
  for (const other of others) {
    for (const [fieldId, values] of other.values) {
      if (!survivor.values.has(fieldId)) survivor.values.set(fieldId, values);
    }
    for (const tag of other.tags) survivor.tags.add(tag);
    for (const { to_entity_id: leadId } of account.links.of("contacts", other.id, "leads")) {
      const wasMain = account.links.get({ type: "leads", id: leadId }, { type: "contacts", id: other.id })?.is_main;
      unlink(account, "leads", leadId, "contacts", other.id, by);
      linkContact(account, leadId, survivor.id, wasMain, by);
    }
    deletePerson(account, "contacts", other, by);
    record(account, {
      type: "entity_merged",
      entity_type: "contact",
      entity_id: survivor.id,
      created_by: by,
      value_before: [{ entity_merged: { id: other.id } }],
    });
  }
  updatePerson(account, "contacts", survivor, {}, by);
}
