import type { Account } from "../state/account.ts";
import type { LinkedType } from "../state/links.ts";
import type { EntityType } from "../state/rows.ts";
import { record } from "./history.ts";

const SINGULAR: Record<LinkedType, string> = {
  leads: "lead",
  contacts: "contact",
  companies: "company",
  catalog_elements: "catalog_element",
};

/** A lead's first contact is its main one, and it never has two main ones. */
export function linkContact(
  account: Account,
  leadId: number,
  contactId: number,
  isMain: boolean | undefined,
  by: number,
) {
  const lead = { type: "leads", id: leadId } as const;
  const others = account.links.of("leads", leadId, "contacts").filter((link) => link.to_entity_id !== contactId);
  const is_main = isMain === true || !others.some((link) => link.is_main);
  if (is_main) {
    for (const other of others) {
      account.links.put(lead, { type: "contacts", id: other.to_entity_id }, { is_main: false });
    }
  }
  const isNew = account.links.put(lead, { type: "contacts", id: contactId }, { is_main });
  if (isNew) recordLink(account, "entity_linked", "leads", leadId, "contacts", contactId, by);
}

/** A card has one company at most: the new one takes the place of the old one. */
export function linkCompany(account: Account, entity: EntityType, id: number, companyId: number, by: number): void {
  for (const old of account.links.of(entity, id, "companies")) {
    if (old.to_entity_id !== companyId) unlink(account, entity, id, "companies", old.to_entity_id, by);
  }
  const isNew = account.links.put({ type: entity, id }, { type: "companies", id: companyId });
  if (isNew) recordLink(account, "entity_linked", entity, id, "companies", companyId, by);
}

export function linkElement(
  account: Account,
  entity: EntityType,
  id: number,
  elementId: number,
  metadata: { catalog_id: number; quantity: number; price_id: number | null },
  by: number,
): void {
  const isNew = account.links.put({ type: entity, id }, { type: "catalog_elements", id: elementId }, metadata);
  if (isNew) recordLink(account, "entity_linked", entity, id, "catalog_elements", elementId, by);
}

export function unlink(account: Account, from: LinkedType, id: number, to: LinkedType, toId: number, by: number): void {
  const wasMain = account.links.get({ type: from, id }, { type: to, id: toId })?.is_main;
  if (!account.links.remove({ type: from, id }, { type: to, id: toId })) return;
  recordLink(account, "entity_unlinked", from, id, to, toId, by);
  const next = from === "leads" && wasMain ? account.links.of("leads", id, "contacts")[0] : undefined;
  if (next) account.links.put({ type: "leads", id }, { type: "contacts", id: next.to_entity_id }, { is_main: true });
}

/** The feed shows a link on both cards. */
function recordLink(
  account: Account,
  type: "entity_linked" | "entity_unlinked",
  from: LinkedType,
  id: number,
  to: LinkedType,
  toId: number,
  by: number,
): void {
  for (const [own, ownId, other, otherId] of [
    [from, id, to, toId],
    [to, toId, from, id],
  ] as const) {
    const link = [{ link: { entity: { type: SINGULAR[other], id: otherId } } }];
    const side = type === "entity_linked" ? { value_after: link } : { value_before: link };
    record(account, { type, entity_type: SINGULAR[own], entity_id: ownId, created_by: by, ...side });
  }
}
