import { createHash } from "node:crypto";
import { decidedUnsortedItem, unsortedItem } from "../hooks/unsorted-items.ts";
import type { Account } from "../state/account.ts";
import type { Lead, Unsorted } from "../state/rows.ts";
import { deleteLead, firstStage, updateLead } from "./leads.ts";
import { updatePerson } from "./people.ts";

export type NewUnsorted = Pick<Unsorted, "category" | "source_name" | "source_uid" | "lead_id" | "contact_id"> &
  Partial<Pick<Unsorted, "metadata" | "company_id" | "first_message" | "chat_id">>;

/** The stage where a pipeline keeps leads that nobody has accepted. */
export function incomingStage(account: Account, pipelineId: number): number {
  const statuses = account.pipelines.get(pipelineId)?.statuses.values() ?? [];
  return [...statuses].find((status) => status.type === 1)!.id;
}

export function addUnsorted(account: Account, wish: NewUnsorted): Unsorted {
  const lead = account.leads.get(wish.lead_id)!;
  const one: Unsorted = {
    metadata: {},
    company_id: null,
    first_message: null,
    chat_id: null,
    ...wish,
    uid: uidOf(lead.id),
    pipeline_id: lead.pipeline_id,
    created_at: account.clock.seconds(),
  };
  account.unsorted.set(one.uid, one);
  account.announce(account, ["add_unsorted"], () => unsortedItem(account, one));
  return one;
}

function unsortedOf(account: Account, lead: Lead): Unsorted | undefined {
  return account.unsorted.get(uidOf(lead.id));
}

export function acceptUnsorted(
  account: Account,
  one: Unsorted,
  to: { user_id: number; status_id?: number },
  by: number,
) {
  const lead = account.leads.get(one.lead_id)!;
  const status_id = to.status_id ?? firstStage(account.pipelines.get(lead.pipeline_id)!);
  updateLead(account, lead, { status_id, responsible_user_id: to.user_id }, by);
  acceptedByMove(account, lead, by);
}

export function declineUnsorted(account: Account, one: Unsorted, by: number): void {
  account.unsorted.delete(one.uid);
  const lead = account.leads.get(one.lead_id);
  if (lead) deleteLead(account, lead, by);
  account.announce(account, ["delete_unsorted"], () => decidedUnsortedItem(one, "decline", by));
}

/** A lead that was simply moved out of the incoming stage counts as accepted. */
export function acceptedByMove(account: Account, lead: Lead, by: number): void {
  const one = lead.status_id === incomingStage(account, lead.pipeline_id) ? undefined : unsortedOf(account, lead);
  if (!one) return;
  account.unsorted.delete(one.uid);
  const contact = one.contact_id === null ? undefined : account.contacts.get(one.contact_id);
  if (contact) updatePerson(account, "contacts", contact, { is_unsorted: false }, by);
  account.announce(account, ["delete_unsorted"], () => decidedUnsortedItem(one, "accept", by));
}

function uidOf(leadId: number): string {
  return createHash("sha256").update(`unsorted ${leadId}`).digest("hex").slice(0, 58);
}
