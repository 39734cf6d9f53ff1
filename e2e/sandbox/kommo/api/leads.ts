import { InvalidItem, notAChoice } from "../crm/invalid-item.ts";
import { createLead, type LeadChange, updateLead } from "../crm/leads.ts";
import { may, mayAdd } from "../crm/rights.ts";
import { acceptedByMove } from "../crm/unsorted.ts";
import type { Account } from "../state/account.ts";
import type { Lead } from "../state/rows.ts";
import type { User } from "../state/settings.ts";
import type { Api } from "./api.ts";
import { writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import {
  matchesQuery,
  renderElements,
  renderLinked,
  renderTags,
  renderValues,
  visibleCard,
  visibleCards,
} from "./cards.ts";
import { among, Filter, inOrder, within } from "./filter.ts";
import { readLeadChange, readNewLead } from "./lead-input.ts";
import { list, written } from "./paging.ts";
import { forbidden, notFound } from "./problem.ts";

export function leadRoutes(api: Api): void {
  api.get("/leads", (call) => {
    const rows = visibleCards(call, "leads", call.account.leads).filter(leadFilter(call));
    const sorted = inOrder(call, rows, ["created_at", "updated_at", "id"]);
    return list(call, sorted, { path: "/leads", name: "leads", render: (lead) => renderLead(call, lead) });
  });

  api.get("/leads/:id", (call) => {
    const lead = visibleCard(call, "leads", call.account.leads);
    return lead && renderLead(call, lead);
  });

  api.post("/leads", (call) => {
    if (!mayAdd(call.account, call.user, "leads")) throw forbidden();
    const read = (item: unknown) => readNewLead(call.account, item);
    const rows = writeBatch(call, read, (wish, request_id) => {
      const { id } = createLead(call.account, wish, call.user.id);
      call.created += 1;
      return { id, request_id, _links: call.link(`/leads/${id}`) };
    });
    return written(call, "/leads", "leads", rows);
  });

  api.patch("/leads", (call) => {
    const read = (item: unknown) => readChange(call, item);
    return written(
      call,
      "/leads",
      "leads",
      writeBatch(call, read, (change) => change()),
    );
  });

  api.patch("/leads/:id", (call) => {
    const lead = call.account.leads.get(call.id());
    if (!lead || lead.is_deleted) throw notFound();
    const row = writeOne(
      call,
      (item) => readChange(call, item),
      (change) => change(),
      lead.id,
    );
    return call.account.switches.singlePatch === "bare" ? row : written(call, "/leads", "leads", [row]);
  });
}

/** Checks now, changes later: nothing of a batch is applied before all of it was read. */
function readChange(call: Call, item: unknown): () => object {
  const { account, user } = call;
  const id = typeof item === "object" && item !== null && "id" in item ? Number(item.id) : Number.NaN;
  const lead = account.leads.get(id);
  if (!lead || lead.is_deleted) throw new InvalidItem([notAChoice("id")]);
  const change = readLeadChange(account, item, lead);
  if (!mayChange(account, user, lead, change)) throw forbidden();
  return () => {
    updateLead(account, lead, change, user.id);
    if (account.switches.patchAcceptsUnsorted) acceptedByMove(account, lead, user.id);
    return { id: lead.id, updated_at: lead.updated_at, _links: call.link(`/leads/${lead.id}`) };
  };
}

/** Stage rights are asked of the stage the lead stands in and of the one it goes to. */
function mayChange(account: Account, user: User, lead: Lead, change: LeadChange): boolean {
  const { status_id = lead.status_id, pipeline_id = lead.pipeline_id } = change;
  const after = { ...lead, status_id, pipeline_id };
  return may(account, user, "edit", "leads", lead) && may(account, user, "edit", "leads", after);
}

function leadFilter(call: Call): (lead: Lead) => boolean {
  const filter = new Filter(call);
  const price = filter.range("price");
  const closed_at = filter.range("closed_at");
  const pipelines = filter.ids("pipeline_id");
  const stages = filter.stages();
  return (lead) =>
    within(price, Math.trunc(lead.price)) &&
    within(closed_at, lead.closed_at) &&
    among(pipelines, lead.pipeline_id) &&
    (stages?.some((at) => at.pipeline_id === lead.pipeline_id && at.status_id === lead.status_id) ?? true) &&
    matchesQuery(call, lead);
}

function renderLead(call: Call, lead: Lead): object {
  const { account } = call;
  const reason = lead.loss_reason_id === null ? undefined : account.lossReasons.get(lead.loss_reason_id);
  return {
    id: lead.id,
    name: lead.name,
    price: Math.trunc(lead.price),
    price_with_minor_units: lead.price,
    responsible_user_id: lead.responsible_user_id,
    group_id: lead.group_id,
    status_id: lead.status_id,
    pipeline_id: lead.pipeline_id,
    loss_reason_id: lead.loss_reason_id,
    ...(call.with("source_id") ? { source_id: lead.source_id } : {}),
    created_by: lead.created_by,
    updated_by: lead.updated_by,
    created_at: lead.created_at,
    updated_at: lead.updated_at,
    closed_at: lead.closed_at,
    closest_task_at: lead.closest_task_at,
    is_deleted: lead.is_deleted,
    custom_fields_values: renderValues(account.fields.leads, lead.values),
    score: null,
    account_id: account.id,
    labor_cost: null,
    is_price_computed: false,
    ...(call.with("is_price_modified_by_robot") ? { is_price_modified_by_robot: false } : {}),
    _links: call.link(`/leads/${lead.id}`),
    _embedded: {
      tags: renderTags(account, "leads", lead.tags),
      companies: renderLinked(call, "leads", lead.id, "companies"),
      ...(call.with("contacts") ? { contacts: renderLinked(call, "leads", lead.id, "contacts") } : {}),
      ...(call.with("loss_reason") ? { loss_reason: reason ? [reason] : [] } : {}),
      ...(call.with("catalog_elements") ? { catalog_elements: renderElements(call, "leads", lead.id) } : {}),
      ...(call.with("source") ? { source: lead.source_id === null ? null : { id: lead.source_id } } : {}),
    },
  };
}
