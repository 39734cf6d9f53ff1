import { EVENT_TYPES } from "../kommo/crm/history.ts";
import { may } from "../kommo/crm/rights.ts";
import { currentValues } from "../kommo/crm/stored-values.ts";
import type { Account } from "../kommo/state/account.ts";
import type { HistoryEvent, Lead, StoredValue } from "../kommo/state/rows.ts";
import type { CustomField } from "../kommo/state/settings.ts";
import type { Visitor } from "./visitor.ts";
import type { FeedEntry, FieldRow, LeadContact, LeadPage } from "./wire.ts";

/** The feed already shows these in full. */
const SHOWN_OTHERWISE = /note_added|entity_linked|chat_message|^task_|_sms$|_call$|^talk_/;
const EVENTS_LOOKED_AT = 20_000;

/** Everything that the card shows of a lead. */
export function leadPage({ account, user }: Visitor, lead: Lead): LeadPage {
  const { id, name, price, status_id, pipeline_id, responsible_user_id, created_at } = lead;
  return {
    lead: { id, name, price, status_id, pipeline_id, responsible_user_id, created_at, tags: tagNames(account, lead) },
    mayEdit: may(account, user, "edit", "leads", lead),
    fields: fieldRows(account).map((row) => ({ ...row, value: fieldText(account, lead, row) })),
    contacts: contactsOf(account, lead),
    tasks: account.tasks.of(`leads:${id}`).map((task) => ({
      id: task.id,
      text: task.text,
      at: task.complete_till,
      responsible: userName(account, task.responsible_user_id),
      is_completed: task.is_completed,
    })),
    feed: [...events(account, lead), ...messages(account, lead), ...notes(account, lead)].sort((a, b) => a.at - b.at),
  };
}

export function tagNames(account: Account, lead: Lead): string[] {
  return [...lead.tags].flatMap((id) => account.tags.leads.byId.get(id)?.name ?? []);
}

export function fieldRows(account: Account): FieldRow[] {
  return [...account.fields.leads.fields.values()].map(({ id, name, code, type, is_api_only, enums }) => {
    return { id, name, code, type, is_api_only, options: enums?.map((one) => one.value) ?? [] };
  });
}

function fieldText(account: Account, lead: Lead, { id }: FieldRow): string {
  const field = account.fields.leads.fields.get(id);
  return field ? plain(field, lead.values.get(id)) : "";
}

/** A field as it stands there, for people to read. */
export function plain(field: CustomField, stored: StoredValue[] | undefined): string {
  return stored
    ? currentValues(field, stored)
        .map(({ value }) => String(value ?? ""))
        .join(", ")
    : "";
}

function contactsOf(account: Account, lead: Lead): LeadContact[] {
  return account.links.of("leads", lead.id, "contacts").flatMap(({ to_entity_id }) => {
    const contact = account.contacts.get(to_entity_id);
    if (!contact) return [];
    const byCode = (code: string) => {
      const field = [...account.fields.contacts.fields.values()].find((one) => one.code === code);
      return field ? plain(field, contact.values.get(field.id)) : "";
    };
    return [{ id: contact.id, name: contact.name, phone: byCode("PHONE"), email: byCode("EMAIL") }];
  });
}

function userName(account: Account, id: number): string {
  return account.users.get(id)?.name ?? "Robot";
}

function messages(account: Account, lead: Lead): FeedEntry[] {
  return contactsOf(account, lead)
    .flatMap(({ id }) => account.talks.of(`contacts:${id}`))
    .filter((talk) => talk.entity_id === null || talk.entity_id === lead.id)
    .flatMap((talk) =>
      talk.messages.map(({ id, created_at, type, author, text }) => {
        return {
          kind: "message",
          id,
          at: created_at,
          incoming: type === "incoming",
          author: author.name,
          text,
          origin: talk.origin,
        };
      }),
    );
}

function notes(account: Account, lead: Lead): FeedEntry[] {
  return account.notes.of(`leads:${lead.id}`).map((note) => {
    const { text, service } = note.params as { text?: string; service?: string };
    const isService = note.note_type !== "common";
    const author = service ?? userName(account, note.created_by);
    return {
      kind: "note",
      id: `n${note.id}`,
      at: note.created_at,
      author,
      text: String(text ?? note.note_type),
      isService,
    };
  });
}

function events(account: Account, lead: Lead): FeedEntry[] {
  return account.events
    .slice(-EVENTS_LOOKED_AT)
    .filter((one) => one.entity_type === "lead" && one.entity_id === lead.id && !SHOWN_OTHERWISE.test(one.type))
    .map((one) => ({
      kind: "event",
      id: one.id,
      at: one.created_at,
      author: userName(account, one.created_by),
      text: told(account, one),
    }));
}

function told(account: Account, { type, value_after, value_before }: HistoryEvent): string {
  const stage = (values: Record<string, unknown>[]) => {
    const status = (values[0]?.lead_status ?? {}) as { id?: number; pipeline_id?: number };
    return account.pipelines.get(status.pipeline_id ?? 0)?.statuses.get(status.id ?? 0)?.name ?? "?";
  };
  if (type === "lead_status_changed") return `Stage: ${stage(value_before)} → ${stage(value_after)}`;
  const field = /^custom_field_(\d+)_value_changed$/.exec(type)?.[1];
  const values = value_after.map((one) => (one.custom_field_value as { text?: string } | undefined)?.text ?? "");
  if (field)
    return `${account.fields.leads.fields.get(Number(field))?.name ?? "Field"}: ${values.join(", ") || "cleared"}`;
  const tags = value_after.map((one) => (one.tag as { name?: string } | undefined)?.name).filter(Boolean);
  if (type === "entity_tag_added" && tags.length > 0) return `Tags added: ${tags.join(", ")}`;
  return EVENT_TYPES[type] ?? type.replaceAll("_", " ");
}
