import DataLoader from "dataloader";
import { stringify } from "qs";
import { z } from "zod";
import { KommoNotFound, KommoUnauthorized } from "./errors.ts";
import { send } from "./http.ts";
import type { Answered } from "./line.ts";
import * as kommo from "./resources.ts";

export interface KommoConnection {
  /** Scheme, host and port, such as https://acme.kommo.com. Asked for each call: accounts move. */
  origin(): Promise<string>;
  /** Yields the bearer token; `refused` is one that Kommo has just answered with 401. */
  token(refused?: string): Promise<string>;
  /** Resolves when the next call may leave; what it resolves to is told when the call has its answer. */
  permission(): Promise<Answered>;
  /** Told of an object in a list that is not in a form that is known; it is left out. */
  unreadable(what: string): void;
  /** Told of every failed call, so that limits can learn from 429s and blocks. */
  failed(error: unknown): void;
  /** Told with each answer how far Kommo's clock is ahead of ours. */
  clock(aheadMs: number): void;
  timeoutMs: number;
}

/** Kommo takes 250 ids in a filter and 250 items in a write; for writes it recommends 50. */
export const READ_AT_MOST = 250;
export const WRITE_AT_MOST = 50;
/** Of events older engines give no more. */
const EVENTS_AT_MOST = 100;

/** One page of a list. Whether there is more cannot be told from the items: those that are unreadable are left out. */
export interface Page<T> {
  items: T[];
  more: boolean;
}

type Query = Record<string, unknown>;

/** Asked when the limit has let a call pass, which may be long after it was decided; what it throws stops the call. */
export type MayLeave = () => Promise<void>;
/** Whose custom fields. */
export type FieldHome = "leads" | "contacts" | "companies" | `catalogs/${number}`;

/** What a lead is linked to; `is_main` and `catalog_id` as Kommo wants them told. */
export interface LinkItem {
  to_entity_id: number;
  to_entity_type: "contacts" | "companies" | "catalog_elements";
  metadata?: { is_main: boolean } | { catalog_id: number; quantity?: number };
}

export interface LeadFilter {
  stages: readonly { pipelineId: number; statusId: number }[];
  /** ISO times; null is no bound. */
  createdFrom: string | null;
  createdTo: string | null;
}

/** Kommo's API v4 for one account and one priority. Knows nothing of us. */
export class KommoClient {
  private readonly leadLoader = this.coalesced("leads", kommo.lead, { with: "contacts,source" });
  private readonly contactLoader = this.coalesced("contacts", kommo.contact, { with: "leads" });
  private readonly companyLoader = this.coalesced("companies", kommo.company, {});

  constructor(private readonly connection: KommoConnection) {}

  /**
   * One lead, with contact ids and tags. Calls made while waiting for the limit leave as one request.
   * @returns undefined when there is no such lead, or it was deleted
   */
  lead(id: number): Promise<kommo.Lead | undefined> {
    return this.leadLoader.load(id);
  }

  /** One contact, with the ids of its leads. */
  contact(id: number): Promise<kommo.Contact | undefined> {
    return this.contactLoader.load(id);
  }

  company(id: number): Promise<kommo.Company | undefined> {
    return this.companyLoader.load(id);
  }

  /**
   * Up to 250 leads in one call; deleted ones are left out.
   * @param idsOf asked when the call may leave, so that whatever came up while the limit made us wait is part of it
   */
  leads(idsOf: () => Promise<readonly number[]>): Promise<kommo.Lead[]> {
    return this.now("leads", "leads", kommo.lead, { with: "contacts" }, idsOf);
  }

  /** As `leads`, with the elements of lists that they are linked to. */
  leadsWithLinks(leadIds: readonly number[]): Promise<kommo.Lead[]> {
    return this.now("leads", "leads", kommo.lead, { with: "contacts,catalog_elements" }, async () => leadIds);
  }

  contacts(contactIds: readonly number[]): Promise<kommo.Contact[]> {
    return this.now("contacts", "contacts", kommo.contact, {}, async () => contactIds);
  }

  /** Contacts with these words anywhere in them: compare what you find. */
  async contactsFound(query: string): Promise<kommo.Contact[]> {
    return this.everyPage((page) =>
      this.page("contacts", "contacts", kommo.contact, { query, page, limit: READ_AT_MOST }),
    );
  }

  /** The first of them, for somebody who looks for one. */
  async contactsLike(query: string, atMost: number): Promise<kommo.Contact[]> {
    return this.list("contacts", "contacts", kommo.contact, { query, limit: atMost });
  }

  /** As `contactsFound`, of companies. */
  async companiesFound(query: string): Promise<kommo.Company[]> {
    return this.everyPage((page) =>
      this.page("companies", "companies", kommo.company, { query, page, limit: READ_AT_MOST }),
    );
  }

  /** As `contactsFound`, of leads, with ids of their contacts and companies. */
  async leadsFound(query: string): Promise<kommo.Lead[]> {
    return this.everyPage((page) =>
      this.page("leads", "leads", kommo.lead, { with: "contacts", query, page, limit: READ_AT_MOST }),
    );
  }

  async addCompanies(items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.write("POST", "companies", items, kommo.created, { mayLeave });
  }

  /** A lead with at most one contact and one company, made or linked with it. */
  async addComplexLead(item: Query, mayLeave: MayLeave): Promise<kommo.MadeComplex> {
    const answer = await this.call("POST", "leads/complex", {}, [item], { mayLeave });
    const [made] = z.array(kommo.madeComplex).length(1).parse(answer);
    return made!;
  }

  async addContacts(items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.write("POST", "contacts", items, kommo.created, { mayLeave });
  }

  async updateContacts(items: readonly (Query & { id: number })[], mayLeave?: MayLeave) {
    return this.write("PATCH", "contacts", items, kommo.updated, { mayLeave });
  }

  /** One lead at a time: that several can be linked in one call is not documented. */
  async link(leadId: number, items: readonly LinkItem[], mayLeave?: MayLeave) {
    await this.call("POST", `leads/${leadId}/link`, {}, items, { mayLeave });
  }

  async unlink(leadId: number, items: readonly LinkItem[], mayLeave?: MayLeave) {
    await this.call("POST", `leads/${leadId}/unlink`, {}, items, { mayLeave });
  }

  /** Up to 50 leads in one call; the array items carry `id` and what changes. */
  async updateLeads(
    items: readonly (Query & { id: number })[],
    mayLeave?: MayLeave,
  ): Promise<{ id: number; updated_at: Date | null }[]> {
    return this.write("PATCH", "leads", items, kommo.updated, { mayLeave });
  }

  async leadsUpdatedSince(since: Date, page: number, options: { deleted?: boolean } = {}): Promise<Page<kommo.Lead>> {
    return this.page("leads", "leads", kommo.lead, {
      with: options.deleted ? "contacts,only_deleted" : "contacts",
      filter: { updated_at: { from: unix(since) } },
      order: { updated_at: "asc" },
      page,
      limit: READ_AT_MOST,
    });
  }

  /** Open and closed leads by stage and time of creation, newest first. */
  async leadsMatching(filter: LeadFilter, page: number): Promise<Page<kommo.Lead>> {
    const { stages, createdFrom, createdTo } = filter;
    const created = {
      ...(createdFrom ? { from: unix(new Date(createdFrom)) } : {}),
      ...(createdTo ? { to: unix(new Date(createdTo)) } : {}),
    };
    return this.page("leads", "leads", kommo.lead, {
      filter: {
        ...(createdFrom || createdTo ? { created_at: created } : {}),
        ...(stages.length > 0
          ? // Numbered, or Kommo would take the halves of a pair for two entries.
            {
              statuses: Object.fromEntries(
                stages.map(({ pipelineId, statusId }, n) => [n, { pipeline_id: pipelineId, status_id: statusId }]),
              ),
            }
          : {}),
      },
      order: { id: "desc" },
      page,
      limit: READ_AT_MOST,
    });
  }

  async contactsUpdatedSince(since: Date, page: number): Promise<Page<kommo.Contact>> {
    return this.page("contacts", "contacts", kommo.contact, {
      with: "leads",
      filter: { updated_at: { from: unix(since) } },
      order: { updated_at: "asc" },
      page,
      limit: READ_AT_MOST,
    });
  }

  /** Events of these types since `from`, in no certain order. */
  async events(types: readonly string[], from: Date): Promise<kommo.Event[]> {
    const filter = { type: types.join(","), created_at: { from: unix(from) } };
    return this.everyPage((page) =>
      this.page("events", "events", kommo.event, { filter, page, limit: EVENTS_AT_MOST }),
    );
  }

  /** Leads with their contacts, oldest first. */
  async leadsCreatedBetween(from: Date, to: Date, page: number): Promise<Page<kommo.Lead>> {
    return this.page("leads", "leads", kommo.lead, {
      with: "contacts",
      filter: { created_at: { from: unix(from), to: unix(to) } },
      order: { created_at: "asc" },
      page,
      limit: READ_AT_MOST,
    });
  }

  /** Moves of one lead since then, in no certain order. */
  async movesOfLead(leadId: number, from: Date): Promise<kommo.Event[]> {
    const filter = {
      ...{ type: "lead_status_changed", entity: "lead", entity_id: String(leadId) },
      created_at: { from: unix(from) },
    };
    return this.everyPage((page) =>
      this.page("events", "events", kommo.event, { filter, page, limit: EVENTS_AT_MOST }),
    );
  }

  /** One page of the moves of leads in a span of time, in no certain order. */
  async movesBetween(from: Date, to: Date, page: number): Promise<Page<kommo.Event>> {
    const filter = { type: "lead_status_changed", entity: "lead", created_at: { from: unix(from), to: unix(to) } };
    return this.page("events", "events", kommo.event, { filter, page, limit: EVENTS_AT_MOST });
  }

  async leadNotesUpdatedSince(since: Date, page: number): Promise<Page<kommo.Note>> {
    return this.page("leads/notes", "notes", kommo.note, {
      filter: { updated_at: { from: unix(since) } },
      order: { updated_at: "asc" },
      page,
      limit: READ_AT_MOST,
    });
  }

  async notesOfLead(leadId: number): Promise<kommo.Note[]> {
    return this.list(`leads/${leadId}/notes`, "notes", kommo.note, {
      order: { updated_at: "desc" },
      limit: READ_AT_MOST,
    });
  }

  async addLeadNotes(items: readonly { entity_id: number; text: string; request_id: string }[], mayLeave?: MayLeave) {
    const notes = items.map(({ entity_id, text, request_id }) => ({
      entity_id,
      note_type: "common",
      params: { text },
      request_id,
      is_need_to_trigger_digital_pipeline: false,
    }));
    return this.write("POST", "leads/notes", notes, kommo.created, { name: "notes", mayLeave });
  }

  async addTasks(items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.write("POST", "tasks", items, kommo.created, { mayLeave });
  }

  async updateTasks(items: readonly (Query & { id: number })[]) {
    return this.write("PATCH", "tasks", items, kommo.updated);
  }

  /** Open and completed ones. */
  async tasksOfLeads(leadIds: readonly number[]) {
    const filter = { entity_type: "leads", entity_id: leadIds };
    return this.everyPage((page) => this.page("tasks", "tasks", kommo.task, { filter, page, limit: READ_AT_MOST }));
  }

  async talksOfLead(leadId: number) {
    const filter = { entity_id: [leadId], entity_type: "lead" };
    return this.everyPage((page) => this.page("talks", "talks", kommo.talk, { filter, page, limit: READ_AT_MOST }));
  }

  /** Needs the scope "External chat history" and a plan that has it. */
  async messagesOfTalk(talkId: number, since?: Date) {
    const filter = since && { created_at: { from: unix(since) } };
    return this.everyPage((page) =>
      this.page(`talks/${talkId}/messages`, "messages", kommo.message, { filter, page, limit: READ_AT_MOST }),
    );
  }

  async account() {
    return kommo.account.parse(await this.call("GET", "account", { with: "datetime_settings" }));
  }

  async users(): Promise<kommo.User[]> {
    return this.everyPage((page) => this.page("users", "users", kommo.user, { page, limit: READ_AT_MOST }));
  }

  async pipelines(): Promise<kommo.Pipeline[]> {
    return this.list("leads/pipelines", "pipelines", kommo.pipeline, { limit: READ_AT_MOST });
  }

  async addPipeline(pipeline: Query): Promise<kommo.Pipeline> {
    const [made] = await this.write("POST", "leads/pipelines", [pipeline], kommo.pipeline, { name: "pipelines" });
    if (!made) throw new Error("Kommo answered without the pipeline that it was asked to make.");
    return made;
  }

  async fields(home: FieldHome): Promise<kommo.CustomField[]> {
    return this.everyPage((page) =>
      this.page(`${home}/custom_fields`, "custom_fields", kommo.customField, { page, limit: READ_AT_MOST }),
    );
  }

  async addFields(home: FieldHome, fields: readonly Query[]): Promise<kommo.CustomField[]> {
    return this.write("POST", `${home}/custom_fields`, fields, kommo.customField, { name: "custom_fields" });
  }

  async updateField(home: FieldHome, fieldId: number, change: Query) {
    await this.call("PATCH", `${home}/custom_fields/${fieldId}`, {}, change);
  }

  async lists(): Promise<kommo.List[]> {
    return this.everyPage((page) => this.page("catalogs", "catalogs", kommo.list, { page, limit: READ_AT_MOST }));
  }

  async addList(list: Query): Promise<kommo.List | undefined> {
    return (await this.write("POST", "catalogs", [list], kommo.list))[0];
  }

  /** All that stands in a list. */
  async elements(listId: number): Promise<kommo.Element[]> {
    return this.everyPage((page) =>
      this.page(`catalogs/${listId}/elements`, "elements", kommo.element, { page, limit: READ_AT_MOST }),
    );
  }

  elementsOf(listId: number, elementIds: readonly number[]): Promise<kommo.Element[]> {
    return this.now(`catalogs/${listId}/elements`, "elements", kommo.element, {}, async () => elementIds);
  }

  /** Elements with these words anywhere in them: compare what you find. */
  async elementsFound(listId: number, query: string): Promise<kommo.Element[]> {
    return this.everyPage((page) =>
      this.page(`catalogs/${listId}/elements`, "elements", kommo.element, { query, page, limit: READ_AT_MOST }),
    );
  }

  async addElements(listId: number, items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.write("POST", `catalogs/${listId}/elements`, items, kommo.created, { name: "elements", mayLeave });
  }

  async updateElements(listId: number, items: readonly (Query & { id: number })[], mayLeave?: MayLeave) {
    return this.write("PATCH", `catalogs/${listId}/elements`, items, kommo.updated, { name: "elements", mayLeave });
  }

  /** Makes the tags that are missing; an existing name keeps its id. */
  async ensureLeadTags(names: readonly string[]) {
    await this.call(
      "POST",
      "leads/tags",
      {},
      names.map((name) => ({ name })),
    );
  }

  async webhooks(destination: string) {
    const none: z.output<typeof kommo.webhook>[] = [];
    try {
      return await this.list("webhooks", "webhooks", kommo.webhook, { filter: { destination }, limit: READ_AT_MOST });
    } catch (error) {
      if (error instanceof KommoNotFound) return none;
      throw error;
    }
  }

  async subscribe(destination: string, settings: readonly string[]) {
    await this.call("POST", "webhooks", {}, { destination, settings });
  }

  private async everyPage<T>(ask: (page: number) => Promise<Page<T>>): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const { items, more } = await ask(page);
      all.push(...items);
      if (!more) return all;
    }
  }

  private coalesced<T extends z.ZodType<{ id: number; is_deleted?: boolean | null | undefined }>>(
    resource: string,
    schema: T,
    query: Query,
  ): DataLoader<number, z.output<T> | undefined> {
    let permitted: Answered | undefined;
    const load = async (ids: readonly number[]) => {
      const parameters = { ...query, filter: { id: ids }, limit: READ_AT_MOST };
      const answer = await this.call("GET", resource, parameters, undefined, { permitted });
      const byId = new Map(itemsIn(answer, resource).map((entry) => [idOf(entry), schema.safeParse(entry)]));
      return ids.map((id) => {
        const entity = byId.get(id);
        // One that cannot be read is the trouble of who asked for it, not of the 249 others.
        if (entity?.error)
          return new Error(`Kommo shows ${resource} ${id} in a form that is not known: ${entity.error.message}`);
        return entity?.data?.is_deleted ? undefined : entity?.data;
      });
    };
    return new DataLoader(load, {
      cache: false,
      maxBatchSize: READ_AT_MOST,
      // The limit releases the batch: the busier the account, the more lookups share a call.
      batchScheduleFn: (release) => {
        void this.connection.permission().then((answered) => {
          // The batch is loaded before this line ends, so that no other batch can take its permission.
          permitted = answered;
          release();
        });
      },
    });
  }

  /** Up to 250 things by id in one call; deleted ones are left out. */
  private async now<T extends z.ZodType<{ id: number; is_deleted?: boolean | null | undefined }>>(
    path: string,
    name: string,
    item: T,
    query: Query,
    idsOf: () => Promise<readonly number[]>,
  ): Promise<z.output<T>[]> {
    const answered = await this.connection.permission();
    const ids = await idsOf();
    if (ids.length === 0) {
      answered();
      return [];
    }
    const parameters = { ...query, filter: { id: ids }, limit: READ_AT_MOST };
    const answer = await this.call("GET", path, parameters, undefined, { permitted: answered });
    return itemsIn(answer, name).flatMap((entry) => {
      const read = item.safeParse(entry);
      return read.success && !read.data.is_deleted ? [read.data] : [];
    });
  }

  private async list<T extends z.ZodType>(
    path: string,
    name: string,
    item: T,
    query: Query & { limit: number },
  ): Promise<z.output<T>[]> {
    return (await this.page(path, name, item, query)).items;
  }

  /** One object in a form that is not known must not hide the others of its page. */
  private async page<T extends z.ZodType>(
    path: string,
    name: string,
    item: T,
    query: Query & { limit: number },
  ): Promise<Page<z.output<T>>> {
    const answer = await this.call("GET", path, query);
    const entries = itemsIn(answer, name);
    const items = entries.flatMap((entry) => {
      const read = item.safeParse(entry);
      if (read.success) return [read.data];
      this.connection.unreadable(`${path} ${idOf(entry)}: ${read.error.message}`);
      return [];
    });
    return { items, more: entries.length >= query.limit || hasNext.safeParse(answer).success };
  }

  private async write<T extends z.ZodType>(
    method: "POST" | "PATCH",
    path: string,
    items: readonly unknown[],
    item: T,
    { name = path, mayLeave }: { name?: string; mayLeave?: MayLeave | undefined } = {},
  ): Promise<z.output<T>[]> {
    const answer = await this.call(method, path, {}, items, { mayLeave });
    return itemsIn(answer, name).map((entry) => item.parse(entry));
  }

  private async call(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    query: Query,
    body?: unknown,
    { permitted, mayLeave }: { permitted?: Answered | undefined; mayLeave?: MayLeave | undefined } = {},
  ): Promise<unknown> {
    const search = stringify(query, { arrayFormat: "brackets" });
    const ask = async (token: string, answered: Answered) => {
      try {
        const url = `${await this.connection.origin()}/api/v4/${path}${search && `?${search}`}`;
        await mayLeave?.();
        const headers = { authorization: `Bearer ${token}` };
        const { timeoutMs } = this.connection;
        return await send({ method, url, headers, body, timeoutMs, clock: (ms) => this.connection.clock(ms) });
      } finally {
        answered();
      }
    };
    try {
      const token = await this.connection.token();
      try {
        return await ask(token, permitted ?? (await this.connection.permission()));
      } catch (error) {
        if (!(error instanceof KommoUnauthorized)) throw error;
        const fresh = await this.connection.token(token);
        return await ask(fresh, await this.connection.permission());
      }
    } catch (error) {
      this.connection.failed(error);
      throw error;
    }
  }
}

/** Lists name their next page, but not all are known to; some of them give less than was asked for. */
const hasNext = z.object({ _links: z.object({ next: z.object({ href: z.string() }) }) });

function itemsIn(answer: unknown, name: string): unknown[] {
  const envelope = z.object({ _embedded: z.record(z.string(), z.array(z.unknown())) }).safeParse(answer);
  return envelope.success ? (envelope.data._embedded[name] ?? []) : [];
}

const identified = z.object({ id: z.union([z.number(), z.string()]) });

function idOf(entry: unknown): number | string | undefined {
  return identified.safeParse(entry).data?.id;
}

function unix(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
