import { EVENT_TYPES } from "../crm/history.ts";
import type { Account } from "../state/account.ts";
import type { HistoryEvent } from "../state/rows.ts";
import type { Api } from "./api.ts";
import type { Call, Query } from "./call.ts";
import { Filter, within } from "./filter.ts";
import { list } from "./paging.ts";
import { badParameter, notFound } from "./problem.ts";

const MOST_IDS = 10;

/** The history of stages and everything else. Lists in its filters are comma lists, unlike anywhere else. */
export function eventRoutes(api: Api): void {
  const path = "/events";

  api.get(path, (call) => {
    const matches = eventFilter(call);
    // Newest first. There is no order parameter.
    const events = range(call.account, new Filter(call)).filter(matches).reverse();
    const max = call.account.switches.eventsLimit;
    return list(call, events, {
      path,
      name: "events",
      max,
      byDefault: Math.min(100, max),
      render: (event) => renderEvent(call, event),
    });
  });

  api.get(`${path}/types`, (call) => {
    const types = Object.entries(EVENT_TYPES).map(([key, lang]) => ({ key, type: 1, lang }));
    return { _total_items: types.length, _links: call.link(`${path}/types`), _embedded: { events_types: types } };
  });

  api.get(`${path}/:id`, (call) => {
    const event = call.account.events.find((one) => one.id === call.params.id);
    if (!event) throw notFound();
    return renderEvent(call, event);
  });
}

/** Events are kept in the order of time, so a span of time needs no search through all of them. */
function range(account: Account, filter: Filter): HistoryEvent[] {
  const span = filter.range("created_at");
  if (!span) return account.events;
  let first = account.events.length;
  while (first > 0 && account.events[first - 1]!.created_at >= span.from) first -= 1;
  return account.events.slice(first).filter((event) => within(span, event.created_at));
}

function eventFilter(call: Call): (event: HistoryEvent) => boolean {
  const filter = new Filter(call);
  const ids = commaList(filter, "id");
  const types = commaList(filter, "type");
  const entities = commaList(filter, "entity");
  const entityIds = commaList(filter, "entity_id");
  const authors = commaList(filter, "created_by");
  if (entityIds && entities?.size !== 1) throw badParameter("filter.entity_id", "It needs exactly one entity type.");
  if ((entityIds?.size ?? 0) > MOST_IDS) throw badParameter("filter.entity_id", `At most ${MOST_IDS} ids.`);
  if ((authors?.size ?? 0) > MOST_IDS) throw badParameter("filter.created_by", `At most ${MOST_IDS} ids.`);
  const after = valueFilter(filter.raw("value_after"), types);
  const before = valueFilter(filter.raw("value_before"), types);
  return (event) =>
    (ids?.has(event.id) ?? true) &&
    (types === undefined ||
      types.has(event.type) ||
      (types.has("custom_field_value_changed") && isFieldChange(event))) &&
    (entities?.has(event.entity_type) ?? true) &&
    (entityIds?.has(String(event.entity_id)) ?? true) &&
    (authors?.has(String(event.created_by)) ?? true) &&
    after(event.value_after) &&
    before(event.value_before);
}

/** `filter[value_after][leads_statuses][0][pipeline_id|status_id]` and its siblings. */
function valueFilter(
  raw: unknown,
  types: Set<string> | undefined,
): (values: readonly Record<string, unknown>[]) => boolean {
  if (typeof raw !== "object" || raw === null) return () => true;
  if (types?.size !== 1) throw badParameter("filter.value_after", "It needs exactly one type.");
  const { leads_statuses, responsible_user_id, custom_field_values } = raw as Query;
  if (typeof leads_statuses === "object" && leads_statuses !== null) {
    const stages = Object.values(leads_statuses) as { pipeline_id?: string; status_id?: string }[];
    return (values) => {
      const at = values[0]?.lead_status as { id: number; pipeline_id: number } | undefined;
      return stages.some((stage) => at?.id === Number(stage.status_id) && at.pipeline_id === Number(stage.pipeline_id));
    };
  }
  if (responsible_user_id !== undefined) {
    return (values) => (values[0]?.responsible_user as { id: number } | undefined)?.id === Number(responsible_user_id);
  }
  if (custom_field_values === undefined) return () => true;
  return (values) =>
    values.some(({ custom_field_value }) => {
      const { enum_id, text } = (custom_field_value ?? {}) as { enum_id?: number; text?: string };
      return String(enum_id) === String(custom_field_values) || text === String(custom_field_values);
    });
}

function commaList(filter: Filter, name: string): Set<string> | undefined {
  const texts = filter.texts(name);
  return texts && new Set(texts.flatMap((text) => text.split(",")));
}

function isFieldChange(event: HistoryEvent): boolean {
  return event.type.startsWith("custom_field_") && event.type.endsWith("_value_changed");
}

const PLURALS: Record<string, string> = { lead: "leads", contact: "contacts", company: "companies", task: "tasks" };

function renderEvent(call: Call, { linked_talk_contact_id, ...event }: HistoryEvent): object {
  const entity = {
    id: event.entity_id,
    _links: call.link(`/${PLURALS[event.entity_type] ?? event.entity_type}/${event.entity_id}`),
  };
  const name = call.with(`${event.entity_type}_name`) ? { name: nameOf(call.account, event) } : {};
  return {
    ...event,
    account_id: call.account.id,
    _links: call.link(`/events/${event.id}`),
    _embedded: { entity: { ...entity, ...name, ...(linked_talk_contact_id ? { linked_talk_contact_id } : {}) } },
  };
}

function nameOf(account: Account, { entity_type, entity_id }: HistoryEvent): string {
  if (entity_type === "lead") return account.leads.get(entity_id)?.name ?? "";
  return (entity_type === "contact" ? account.contacts : account.companies).get(entity_id)?.name ?? "";
}
