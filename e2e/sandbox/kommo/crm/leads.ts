import { deletedLeadItem, type LeadBefore, leadItem } from "../hooks/card-items.ts";
import type { HookCode } from "../hooks/codes.ts";
import { type Account, readableAt } from "../state/account.ts";
import type { Lead } from "../state/rows.ts";
import type { Pipeline } from "../state/settings.ts";
import { recordCardChanges, snapshot } from "./card-changes.ts";
import { applyFieldChanges, type FieldChange } from "./field-values.ts";
import { record } from "./history.ts";
import { linkCompany, linkContact } from "./linking.ts";
import { changeTags, type TagChange } from "./tagging.ts";

export const WON = 142;
export const LOST = 143;

/** What can be written; already checked, so applying it cannot fail. */
export interface LeadChange {
  name?: string;
  price?: number;
  status_id?: number;
  pipeline_id?: number;
  loss_reason_id?: number | null;
  responsible_user_id?: number;
  created_by?: number;
  created_at?: number;
  updated_by?: number;
  updated_at?: number;
  closed_at?: number | null;
  source_id?: number;
  values?: readonly FieldChange[];
  tags?: TagChange;
}

export interface NewLead extends LeadChange {
  contacts?: readonly { id: number; is_main?: boolean }[];
  company_id?: number;
}

export function createLead(account: Account, wish: NewLead, by: number): Lead {
  const now = account.clock.seconds();
  const pipeline = (wish.pipeline_id && account.pipelines.get(wish.pipeline_id)) || mainPipeline(account);
  const responsible = wish.responsible_user_id ?? by;
  const status_id = wish.status_id ?? firstStage(pipeline);
  const id = account.ids.next("lead");
  const lead: Lead = {
    id,
    name: wish.name ?? `Lead #${id}`,
    price: wish.price ?? 0,
    responsible_user_id: responsible,
    group_id: account.users.get(responsible)?.group_id ?? 0,
    status_id,
    pipeline_id: pipeline.id,
    loss_reason_id: status_id === LOST ? (wish.loss_reason_id ?? null) : null,
    source_id: wish.source_id ?? null,
    created_by: wish.created_by ?? by,
    updated_by: wish.updated_by ?? by,
    created_at: wish.created_at ?? now,
    updated_at: wish.updated_at ?? wish.created_at ?? now,
    closed_at: closedAt(status_id, wish.closed_at, now),
    closest_task_at: null,
    is_deleted: false,
    values: new Map(),
    tags: new Set(),
  };
  applyFieldChanges(lead.values, wish.values ?? []);
  changeTags(account, "leads", lead.tags, wish.tags ?? {});
  account.leads.add(lead, readableAt(account));
  // The id stands where other types have a note's: that is what the documentation shows.
  record(account, {
    type: "lead_added",
    entity_type: "lead",
    entity_id: id,
    created_by: lead.created_by,
    value_after: [{ note: { id: account.ids.next("note") } }],
  });
  for (const contact of wish.contacts ?? []) linkContact(account, id, contact.id, contact.is_main, by);
  if (wish.company_id) linkCompany(account, "leads", id, wish.company_id, by);
  account.announce(account, ["add_lead"], () => leadItem(account, lead, "add"));
  return lead;
}

export function updateLead(account: Account, lead: Lead, change: LeadChange, by: number): void {
  const before = snapshot(lead);
  const { status_id, pipeline_id, responsible_user_id } = lead;
  const now = account.clock.seconds();
  Object.assign(lead, {
    name: change.name ?? lead.name,
    price: change.price ?? lead.price,
    status_id: change.status_id ?? lead.status_id,
    pipeline_id: change.pipeline_id ?? lead.pipeline_id,
    responsible_user_id: change.responsible_user_id ?? lead.responsible_user_id,
    created_by: change.created_by ?? lead.created_by,
    created_at: change.created_at ?? lead.created_at,
    updated_by: change.updated_by ?? by,
    updated_at: change.updated_at ?? now,
  });
  if (change.responsible_user_id !== undefined) {
    lead.group_id = account.users.get(change.responsible_user_id)?.group_id ?? 0;
  }
  const moved = lead.status_id !== status_id || lead.pipeline_id !== pipeline_id;
  if (moved || change.closed_at !== undefined) lead.closed_at = closedAt(lead.status_id, change.closed_at, now);
  if (lead.status_id !== LOST) lead.loss_reason_id = null;
  else if (change.loss_reason_id !== undefined) lead.loss_reason_id = change.loss_reason_id;
  applyFieldChanges(lead.values, change.values ?? []);
  changeTags(account, "leads", lead.tags, change.tags ?? {});
  account.leads.touched(lead);
  recordCardChanges(account, "leads", lead, before);
  const old: LeadBefore = {};
  if (moved) Object.assign(old, { old_status_id: status_id, old_pipeline_id: pipeline_id });
  if (lead.responsible_user_id !== responsible_user_id) old.old_responsible_user_id = responsible_user_id;
  if (moved) recordMove(account, lead, { id: status_id, pipeline_id });
  announceUpdate(account, lead, old);
}

function recordMove(account: Account, lead: Lead, from: { id: number; pipeline_id: number }): void {
  record(account, {
    type: "lead_status_changed",
    entity_type: "lead",
    entity_id: lead.id,
    created_by: lead.updated_by,
    value_after: [{ lead_status: { id: lead.status_id, pipeline_id: lead.pipeline_id } }],
    value_before: [{ lead_status: from }],
  });
}

/** A moved stage and a new responsible user are told on their own and as an update. */
function announceUpdate(account: Account, lead: Lead, old: LeadBefore): void {
  const tell = (code: HookCode, action: string) =>
    account.announce(account, [code], () => leadItem(account, lead, action, old));
  if (old.old_status_id !== undefined) tell("status_lead", "status");
  if (old.old_responsible_user_id !== undefined) tell("responsible_lead", "responsible");
  tell("update_lead", "update");
}

export function deleteLead(account: Account, lead: Lead, by: number): void {
  lead.is_deleted = true;
  stamp(account, lead, by);
  record(account, { type: "lead_deleted", entity_type: "lead", entity_id: lead.id, created_by: by });
  account.announce(account, ["delete_lead"], () => deletedLeadItem(lead));
}

export function restoreLead(account: Account, lead: Lead, by: number): void {
  lead.is_deleted = false;
  stamp(account, lead, by);
  record(account, { type: "lead_restored", entity_type: "lead", entity_id: lead.id, created_by: by });
  account.announce(account, ["restore_lead"], () => leadItem(account, lead, "restore"));
}

export function stamp(account: Account, lead: Lead, by: number): void {
  lead.updated_at = account.clock.seconds();
  lead.updated_by = by;
  account.leads.touched(lead);
}

export function mainPipeline(account: Account): Pipeline {
  const pipelines = [...account.pipelines.values()];
  return pipelines.find((pipeline) => pipeline.is_main) ?? pipelines[0]!;
}

/** A lead made without a stage starts in the first one after "incoming leads". */
export function firstStage(pipeline: Pipeline): number {
  const stages = [...pipeline.statuses.values()].filter((status) => status.type === 0).sort((a, b) => a.sort - b.sort);
  return stages[0]!.id;
}

function closedAt(status: number, wish: number | null | undefined, now: number): number | null {
  if (wish !== undefined) return wish;
  return status === WON || status === LOST ? now : null;
}
