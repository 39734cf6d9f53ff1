import type { Clock } from "../../clock.ts";
import type { HookCode, HookItem } from "../hooks/codes.ts";
import type { Switches } from "../switches.ts";
import type { Ids } from "./ids.ts";
import { Links } from "./links.ts";
import type { CatalogElement, EntityType, HistoryEvent, Lead, Note, Person, Talk, Task, Unsorted } from "./rows.ts";
import type { Catalog, FieldSet, LossReason, Pipeline, Role, TagSet, User, Webhook } from "./settings.ts";
import { Table } from "./table.ts";

export type Plan = "trial" | "base" | "advanced" | "pro" | "enterprise" | "technical";

/** Tells the hooks subscribed to any of `codes`; the item is built only if there is one. */
type Announce = (account: Account, codes: readonly HookCode[], item: () => HookItem) => void;

/** What every account of one Kommo shares. */
export interface Shared {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly switches: Switches;
  readonly announce: Announce;
}

export interface Account extends Shared {
  readonly id: number;
  subdomain: string;
  /** `kommo.com`, or `amocrm.com` for the accounts that never moved. */
  top_level_domain: string;
  name: string;
  plan: Plan;
  is_paid: boolean;
  /** Given to tokens at the moment of a grant; later changes do not reach existing grants. */
  scopes: string[];
  /** Messages that may still be sent to external chats. */
  chat_quota: number;
  timezone: string;
  /** Seconds east of UTC; some webhook fields are local times without a zone. */
  timezone_offset: number;
  currency: string;
  language: string;
  created_at: number;
  amojo_id: string;
  users: Map<number, User>;
  groups: Map<number, { id: number; name: string; uuid: string }>;
  roles: Map<number, Role>;
  pipelines: Map<number, Pipeline>;
  lossReasons: Map<number, LossReason>;
  fields: Record<EntityType, FieldSet>;
  catalogs: Map<number, Catalog>;
  tags: Record<EntityType, TagSet>;
  webhooks: Map<string, Webhook>;
  leads: Table<Lead>;
  contacts: Table<Person>;
  companies: Table<Person>;
  elements: Table<CatalogElement>;
  links: Links;
  notes: Table<Note>;
  tasks: Table<Task>;
  talks: Table<Talk>;
  unsorted: Map<string, Unsorted>;
  events: HistoryEvent[];
}

export type Identity = Pick<
  Account,
  | "id"
  | "subdomain"
  | "top_level_domain"
  | "name"
  | "plan"
  | "scopes"
  | "timezone"
  | "timezone_offset"
  | "currency"
  | "language"
>;

/** An account nobody has set up yet: no users, stages or fields. */
export function emptyAccount(shared: Shared, identity: Identity): Account {
  return {
    ...shared,
    ...identity,
    is_paid: true,
    chat_quota: 500,
    created_at: shared.clock.seconds(),
    amojo_id: crypto.randomUUID(),
    users: new Map(),
    groups: new Map(),
    roles: new Map(),
    pipelines: new Map(),
    lossReasons: new Map(),
    fields: { leads: emptyFieldSet(), contacts: emptyFieldSet(), companies: emptyFieldSet() },
    catalogs: new Map(),
    tags: { leads: emptyTagSet(), contacts: emptyTagSet(), companies: emptyTagSet() },
    webhooks: new Map(),
    leads: new Table(),
    contacts: new Table(),
    companies: new Table(),
    elements: new Table((element) => String(element.catalog_id)),
    links: new Links(),
    notes: new Table<Note>(parentOf),
    tasks: new Table<Task>(parentOf),
    talks: new Table((talk) => `contacts:${talk.contact_id}`),
    unsorted: new Map(),
    events: [],
  };
}

export function hostOf(account: Account): string {
  return `${account.subdomain}.${account.top_level_domain}`;
}

/** When something created now shows up in reads (ms); 0 is at once. */
export function readableAt(account: Account): number {
  const { readLagMs } = account.switches;
  return readLagMs > 0 ? account.clock.now() + readLagMs : 0;
}

export function emptyFieldSet(): FieldSet {
  return { fields: new Map(), groups: new Map() };
}

function emptyTagSet(): TagSet {
  return { byId: new Map(), byName: new Map() };
}

function parentOf(row: { entity_type: string | null; entity_id: number | null }): string {
  return `${row.entity_type}:${row.entity_id}`;
}
