import { z } from "zod";
import { KommoNotFound } from "./errors.ts";
import { type KommoConnection, type MayLeave, type Page, type Query, READ_AT_MOST, Requests } from "./requests.ts";
import * as kommo from "./resources.ts";

/** Of events older engines give no more. */
const EVENTS_AT_MOST = 100;

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
  private readonly requests: Requests;
  private readonly byId: ReturnType<typeof lookUps>;

  constructor(connection: KommoConnection) {
    this.requests = new Requests(connection);
    this.byId = lookUps(this.requests);
  }

  /**
   * One lead, with contact ids and tags. Calls made while waiting for the limit leave as one request.
   * @returns undefined when there is no such lead, or it was deleted
   */
  lead(id: number): Promise<kommo.Lead | undefined> {
    return this.byId.leads.load(id);
  }

  /** One contact, with the ids of its leads. */
  contact(id: number): Promise<kommo.Contact | undefined> {
    return this.byId.contacts.load(id);
  }

  company(id: number): Promise<kommo.Company | undefined> {
    return this.byId.companies.load(id);
  }

  /**
   * Up to 250 leads in one call; deleted ones are left out.
   * @param idsOf asked when the call may leave, so that whatever came up while the limit made us wait is part of it
   */
  leads(idsOf: () => Promise<readonly number[]>): Promise<kommo.Lead[]> {
    return this.requests.now("leads", "leads", kommo.lead, { with: "contacts" }, idsOf);
  }

  /** As `leads`, with the elements of lists that they are linked to. */
  leadsWithLinks(leadIds: readonly number[]): Promise<kommo.Lead[]> {
    return this.requests.now("leads", "leads", kommo.lead, { with: "contacts,catalog_elements" }, async () => leadIds);
  }

  contacts(contactIds: readonly number[]): Promise<kommo.Contact[]> {
    return this.requests.now("contacts", "contacts", kommo.contact, {}, async () => contactIds);
  }

  /** Contacts with these words anywhere in them: compare what you find. */
  async contactsFound(query: string): Promise<kommo.Contact[]> {
    return this.requests.everyPage((page) =>
      this.requests.page("contacts", "contacts", kommo.contact, { query, page, limit: READ_AT_MOST }),
    );
  }

  /** The first of them, for somebody who looks for one. */
  async contactsLike(query: string, atMost: number): Promise<kommo.Contact[]> {
    return this.requests.list("contacts", "contacts", kommo.contact, { query, limit: atMost });
  }

  /** As `contactsFound`, of companies. */
  async companiesFound(query: string): Promise<kommo.Company[]> {
    return this.requests.everyPage((page) =>
      this.requests.page("companies", "companies", kommo.company, { query, page, limit: READ_AT_MOST }),
    );
  }

  /** As `contactsFound`, of leads, with ids of their contacts and companies. */
  async leadsFound(query: string): Promise<kommo.Lead[]> {
    return this.requests.everyPage((page) =>
      this.requests.page("leads", "leads", kommo.lead, { with: "contacts", query, page, limit: READ_AT_MOST }),
    );
  }

  async addCompanies(items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.requests.write("POST", "companies", items, kommo.created, { mayLeave });
  }

  /** A lead with at most one contact and one company, made or linked with it. */
  async addComplexLead(item: Query, mayLeave: MayLeave): Promise<kommo.MadeComplex> {
    const answer = await this.requests.call("POST", "leads/complex", {}, [item], { mayLeave });
    const [made] = z.array(kommo.madeComplex).length(1).parse(answer);
    return made!;
  }

  async addContacts(items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.requests.write("POST", "contacts", items, kommo.created, { mayLeave });
  }

  async updateContacts(items: readonly (Query & { id: number })[], mayLeave?: MayLeave) {
    return this.requests.write("PATCH", "contacts", items, kommo.updated, { mayLeave });
  }

  /** One lead at a time: that several can be linked in one call is not documented. */
  async link(leadId: number, items: readonly LinkItem[], mayLeave?: MayLeave) {
    await this.requests.call("POST", `leads/${leadId}/link`, {}, items, { mayLeave });
  }

  async unlink(leadId: number, items: readonly LinkItem[], mayLeave?: MayLeave) {
    await this.requests.call("POST", `leads/${leadId}/unlink`, {}, items, { mayLeave });
  }

  /** Up to 50 leads in one call; the array items carry `id` and what changes. */
  async updateLeads(
    items: readonly (Query & { id: number })[],
    mayLeave?: MayLeave,
  ): Promise<{ id: number; updated_at: Date | null }[]> {
    return this.requests.write("PATCH", "leads", items, kommo.updated, { mayLeave });
  }

  async leadsUpdatedSince(since: Date, page: number, options: { deleted?: boolean } = {}): Promise<Page<kommo.Lead>> {
    return this.requests.page("leads", "leads", kommo.lead, {
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
    return this.requests.page("leads", "leads", kommo.lead, {
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
    return this.requests.page("contacts", "contacts", kommo.contact, {
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
    return this.requests.everyPage((page) =>
      this.requests.page("events", "events", kommo.event, { filter, page, limit: EVENTS_AT_MOST }),
    );
  }

  /** Leads with their contacts, oldest first. */
  async leadsCreatedBetween(from: Date, to: Date, page: number): Promise<Page<kommo.Lead>> {
    return this.requests.page("leads", "leads", kommo.lead, {
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
    return this.requests.everyPage((page) =>
      this.requests.page("events", "events", kommo.event, { filter, page, limit: EVENTS_AT_MOST }),
    );
  }

  /** One page of the moves of leads in a span of time, in no certain order. */
  async movesBetween(from: Date, to: Date, page: number): Promise<Page<kommo.Event>> {
    const filter = { type: "lead_status_changed", entity: "lead", created_at: { from: unix(from), to: unix(to) } };
    return this.requests.page("events", "events", kommo.event, { filter, page, limit: EVENTS_AT_MOST });
  }

  async leadNotesUpdatedSince(since: Date, page: number): Promise<Page<kommo.Note>> {
    return this.requests.page("leads/notes", "notes", kommo.note, {
      filter: { updated_at: { from: unix(since) } },
      order: { updated_at: "asc" },
      page,
      limit: READ_AT_MOST,
    });
  }

  async notesOfLead(leadId: number): Promise<kommo.Note[]> {
    return this.requests.list(`leads/${leadId}/notes`, "notes", kommo.note, {
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
    return this.requests.write("POST", "leads/notes", notes, kommo.created, { name: "notes", mayLeave });
  }

  async addTasks(items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.requests.write("POST", "tasks", items, kommo.created, { mayLeave });
  }

  async updateNotes(items: readonly (Query & { id: number; entity_id: number })[]) {
    return this.requests.write("PATCH", "leads/notes", items, kommo.updated, { name: "notes" });
  }

  async updateTasks(items: readonly (Query & { id: number })[]) {
    return this.requests.write("PATCH", "tasks", items, kommo.updated);
  }

  /** Open and completed ones. */
  async tasksOfLeads(leadIds: readonly number[]) {
    const filter = { entity_type: "leads", entity_id: leadIds };
    return this.requests.everyPage((page) =>
      this.requests.page("tasks", "tasks", kommo.task, { filter, page, limit: READ_AT_MOST }),
    );
  }

  async talksOfLead(leadId: number) {
    const filter = { entity_id: [leadId], entity_type: "lead" };
    return this.requests.everyPage((page) =>
      this.requests.page("talks", "talks", kommo.talk, { filter, page, limit: READ_AT_MOST }),
    );
  }

  /** Needs the scope "External chat history" and a plan that has it. */
  async messagesOfTalk(talkId: number, since?: Date) {
    const filter = since && { created_at: { from: unix(since) } };
    return this.requests.everyPage((page) =>
      this.requests.page(`talks/${talkId}/messages`, "messages", kommo.message, { filter, page, limit: READ_AT_MOST }),
    );
  }

  async account() {
    return kommo.account.parse(await this.requests.call("GET", "account", { with: "datetime_settings" }));
  }

  async users(): Promise<kommo.User[]> {
    return this.requests.everyPage((page) =>
      this.requests.page("users", "users", kommo.user, { page, limit: READ_AT_MOST }),
    );
  }

  async pipelines(): Promise<kommo.Pipeline[]> {
    return this.requests.list("leads/pipelines", "pipelines", kommo.pipeline, { limit: READ_AT_MOST });
  }

  async addPipeline(pipeline: Query): Promise<kommo.Pipeline> {
    const [made] = await this.requests.write("POST", "leads/pipelines", [pipeline], kommo.pipeline, {
      name: "pipelines",
    });
    if (!made) throw new Error("Kommo answered without the pipeline that it was asked to make.");
    return made;
  }

  async fields(home: FieldHome): Promise<kommo.CustomField[]> {
    return this.requests.everyPage((page) =>
      this.requests.page(`${home}/custom_fields`, "custom_fields", kommo.customField, { page, limit: READ_AT_MOST }),
    );
  }

  async addFields(home: FieldHome, fields: readonly Query[]): Promise<kommo.CustomField[]> {
    return this.requests.write("POST", `${home}/custom_fields`, fields, kommo.customField, { name: "custom_fields" });
  }

  async updateField(home: FieldHome, fieldId: number, change: Query) {
    await this.requests.call("PATCH", `${home}/custom_fields/${fieldId}`, {}, change);
  }

  async lists(): Promise<kommo.List[]> {
    return this.requests.everyPage((page) =>
      this.requests.page("catalogs", "catalogs", kommo.list, { page, limit: READ_AT_MOST }),
    );
  }

  async addList(list: Query): Promise<kommo.List | undefined> {
    return (await this.requests.write("POST", "catalogs", [list], kommo.list))[0];
  }

  /** All that stands in a list. */
  async elements(listId: number): Promise<kommo.Element[]> {
    return this.requests.everyPage((page) =>
      this.requests.page(`catalogs/${listId}/elements`, "elements", kommo.element, { page, limit: READ_AT_MOST }),
    );
  }

  elementsOf(listId: number, elementIds: readonly number[]): Promise<kommo.Element[]> {
    return this.requests.now(`catalogs/${listId}/elements`, "elements", kommo.element, {}, async () => elementIds);
  }

  /** Elements with these words anywhere in them: compare what you find. */
  async elementsFound(listId: number, query: string): Promise<kommo.Element[]> {
    return this.requests.everyPage((page) =>
      this.requests.page(`catalogs/${listId}/elements`, "elements", kommo.element, {
        query,
        page,
        limit: READ_AT_MOST,
      }),
    );
  }

  async addElements(listId: number, items: readonly (Query & { request_id: string })[], mayLeave?: MayLeave) {
    return this.requests.write("POST", `catalogs/${listId}/elements`, items, kommo.created, {
      name: "elements",
      mayLeave,
    });
  }

  async updateElements(listId: number, items: readonly (Query & { id: number })[], mayLeave?: MayLeave) {
    return this.requests.write("PATCH", `catalogs/${listId}/elements`, items, kommo.updated, {
      name: "elements",
      mayLeave,
    });
  }

  /** Makes the tags that are missing; an existing name keeps its id. */
  async ensureLeadTags(names: readonly string[]) {
    await this.requests.call(
      "POST",
      "leads/tags",
      {},
      names.map((name) => ({ name })),
    );
  }

  async webhooks(destination: string) {
    const none: z.output<typeof kommo.webhook>[] = [];
    try {
      return await this.requests.list("webhooks", "webhooks", kommo.webhook, {
        filter: { destination },
        limit: READ_AT_MOST,
      });
    } catch (error) {
      if (error instanceof KommoNotFound) return none;
      throw error;
    }
  }

  async subscribe(destination: string, settings: readonly string[]) {
    await this.requests.call("POST", "webhooks", {}, { destination, settings });
  }
}

function lookUps(requests: Requests) {
  return {
    leads: requests.coalesced("leads", kommo.lead, { with: "contacts,source" }),
    contacts: requests.coalesced("contacts", kommo.contact, { with: "leads" }),
    companies: requests.coalesced("companies", kommo.company, {}),
  };
}

function unix(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
