import type { Account } from "./account.ts";
import type { CustomField, FieldSet, Level, Rights, Status } from "./settings.ts";

/** What a new Kommo account comes with. */

export function rightsOfLevel(level: Level): Rights {
  const card = () => ({ view: level, edit: level, add: level, delete: level, export: level });
  return {
    leads: card(),
    contacts: card(),
    companies: card(),
    tasks: { edit: level, delete: level },
    mail_access: level !== "D",
    catalog_access: level !== "D",
    status_rights: null,
  };
}

export function newField(account: Account, name: string, type: string, more: Partial<CustomField> = {}): CustomField {
  return {
    id: account.ids.next("field"),
    name,
    type,
    code: null,
    sort: 500,
    group_id: null,
    is_api_only: false,
    is_predefined: false,
    is_deletable: true,
    is_visible: true,
    is_required: false,
    enums: null,
    required_statuses: [],
    hidden_statuses: [],
    currency: null,
    remind: null,
    chained_lists: null,
    tracking_callback: null,
    search_in: null,
    ...more,
  };
}

export function addPredefinedFields(account: Account): void {
  for (const set of [account.fields.contacts, account.fields.companies]) {
    predefine(account, set, "Phone", "multitext", "PHONE", ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"]);
    predefine(account, set, "Email", "multitext", "EMAIL", ["WORK", "PRIV", "OTHER"]);
  }
  predefine(account, account.fields.contacts, "Position", "text", "POSITION");
  predefine(account, account.fields.companies, "Web", "url", "WEB");
  predefine(account, account.fields.companies, "Address", "textarea", "ADDRESS");
}

function predefine(
  account: Account,
  set: FieldSet,
  name: string,
  type: string,
  code: string,
  options?: string[],
): void {
  const enums = options?.map((value, sort) => ({ id: account.ids.next("enum"), value, code: value, sort })) ?? null;
  const field = newField(account, name, type, { code, enums, is_predefined: true, is_deletable: false });
  set.fields.set(field.id, field);
}

/** Every pipeline has the incoming stage (its own id) and won and lost (the same ids everywhere). */
export function withSystemStatuses(account: Account, own: Status[]): Map<number, Status> {
  const incoming = stage(account.ids.next("status"), "Incoming leads", 10, "#c1c1c1", 1);
  const closed = [stage(142, "Closed - won", 10_000, "#ccff66", 0), stage(143, "Closed - lost", 11_000, "#d5d8db", 0)];
  return new Map([incoming, ...own, ...closed].map((status) => [status.id, status]));
}

function stage(id: number, name: string, sort: number, color: string, type: 0 | 1): Status {
  return { id, name, sort, color, type, is_editable: false };
}

export const DEFAULT_STAGES = [
  "Initial contact",
  "Discussions",
  "Decision making",
  "Legal review",
  "Contract discussion",
];

export const STAGE_COLORS = [
  ..."#fffeb2 #fffd7f #fff000 #ffeab2 #ffdc7f #ffce5a #ffdbdb #ffc8c8 #ff8f92 #d6eaff #c1e0ff".split(" "),
  ..."#98cbff #ebffb1 #deff81 #87f2c0 #f9deff #f3beff #ccc8f9 #eb93ff #f2f3f4 #e6e8ea".split(" "),
];
