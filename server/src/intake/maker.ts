import type { InputIssue } from "@dealscope/shared/api-error";
import { Injectable } from "@nestjs/common";
import { referenceField } from "../installation/provisioning.ts";
import type { KommoClient } from "../kommo/client.ts";
import { KommoNotFound, KommoRejected } from "../kommo/errors.ts";
import type { MayLeave } from "../kommo/requests.ts";
import type { FieldValue } from "../kommo/resources.ts";
import type { Again } from "../work/work-kind.ts";
import { companyItem, contactItem, leadItem, type Place } from "./cards.ts";
import { companyIssue, contactIssue, leadIssues, staleSettings } from "./complaints.ts";
import { Creations, type Made, type Making } from "./creations.ts";
import type { Creation, Plan, Request } from "./intake-rows.ts";

export interface Job {
  accountId: number;
  kommo: KommoClient;
  place: Place;
  request: Request;
  plan: Plan;
}

/** What there is in Kommo when nothing is left to be made. */
export interface Result {
  leadId: number;
  contactIds: (number | null)[];
  issues: InputIssue[];
}

export type Step = { again: Again } | { refused: InputIssue[] } | { leadGone: true } | { result: Result };

/** Makes in Kommo what a plan lacks, and links it. Begun anew after any interruption, it goes on where it stopped. */
@Injectable()
export class Maker {
  constructor(private readonly creations: Creations) {}

  async make(job: Job): Promise<Step> {
    const { request, plan } = job;
    const of = { accountId: job.accountId, requestNo: request.no };
    const lead = request.creations.find(({ entity }) => entity === "lead");
    if (lead?.state === "due") {
      const step = await this.makeLead(job, lead);
      if (step) return step;
    }
    for (const entity of ["contact", "company"] as const) {
      const due = (await this.creations.read(of)).filter((row) => row.entity === entity && row.state === "due");
      const again = due.length > 0 ? await this.makePeople(job, entity, due) : undefined;
      if (again) return { again };
    }
    const rows = await this.creations.read(of);
    const made = (entity: Creation["entity"], place = 0) =>
      rows.find((row) => row.entity === entity && row.place === place)?.kommoId ?? null;
    const leadId = plan.leadId ?? made("lead");
    if (leadId === null) throw new Error("There is neither a deal nor one to be made.");
    const contactIds = plan.contactIds.map((id, place) => id ?? made("contact", place));
    const companyId = plan.hasCompany ? (plan.companyId ?? made("company")) : null;
    // Made with its first contact and company, a new deal is linked with them, unless it was not clear what was made.
    const isLinked = plan.leadId === null && rows.every(({ looks }) => looks === 0);
    const unlinked = isLinked
      ? await this.link(job.kommo, leadId, [null, ...contactIds.slice(1)], null)
      : await this.link(job.kommo, leadId, contactIds, companyId);
    if (unlinked === "lead gone" && plan.leadId !== null) return { leadGone: true };
    const issues = [...rows.flatMap(({ issue }) => issue ?? []), ...(unlinked === "lead gone" ? [] : unlinked)];
    return { result: { leadId, contactIds, issues } };
  }

  /** The deal with the first contact and the company, in one call. */
  private async makeLead(job: Job, lead: Creation): Promise<Step | undefined> {
    const { accountId, kommo, request } = job;
    const others = request.creations.filter(
      ({ entity, place, state }) => entity !== "lead" && place === 0 && state === "due",
    );
    try {
      const again = await this.creations.make({
        accountId,
        requestNo: request.no,
        rows: [lead, ...others],
        look: () => lookForLead(kommo, lead, others),
        send: (missing, mayLeave) => this.sendLead(job, missing, mayLeave),
      });
      return again && { again };
    } catch (error) {
      if (!(error instanceof KommoRejected)) throw error;
      const complaints = error.items.flatMap(({ errors }) => errors);
      const issues = leadIssues(complaints, request.wish);
      return { refused: issues.length > 0 ? issues : [{ path: "", message: error.message }] };
    }
  }

  private async sendLead(job: Job, missing: readonly Creation[], mayLeave: MayLeave): Promise<Made> {
    const { kommo, request, plan } = job;
    const row = (entity: Creation["entity"]) => missing.find((one) => one.entity === entity);
    const [lead, contact, company] = [row("lead"), row("contact"), row("company")];
    // It was found while its company or contact was not: those are made by themselves.
    if (!lead) return new Map();
    const [person] = request.wish.people;
    const known = (entity: "contact" | "company") =>
      request.creations.find((one) => one.entity === entity && one.place === 0)?.kommoId;
    const contactId = plan.contactIds[0] ?? known("contact");
    const companyId = plan.hasCompany ? (plan.companyId ?? known("company")) : undefined;
    const embedded = {
      ...(contact && person
        ? { contacts: [contactItem(person, contact)] }
        : contactId
          ? { contacts: [{ id: contactId }] }
          : {}),
      ...(company
        ? { companies: [companyItem(request.wish.company, company)] }
        : companyId
          ? { companies: [{ id: companyId }] }
          : {}),
    };
    const item: Record<string, unknown> = {
      ...leadItem(request.wish, lead.marker, job.place),
      request_id: lead.marker,
      _embedded: embedded,
    };
    for (;;) {
      try {
        const made = await kommo.addComplexLead(item, mayLeave);
        const ids = [
          [lead, made.id],
          [contact, made.contact_id],
          [company, made.company_id],
        ] as const;
        return new Map(ids.flatMap(([one, id]) => (one && id ? [[one.marker, id] as const] : [])));
      } catch (error) {
        if (!(error instanceof KommoRejected)) throw error;
        const stale = staleSettings(error.items.flatMap(({ errors }) => errors)).filter((key) => key in item);
        if (stale.length === 0) throw error;
        for (const key of stale) delete item[key];
        // The two name one stage.
        if (!("pipeline_id" in item)) delete item.status_id;
      }
    }
  }

  /** All contacts, or the company, in one call. */
  private async makePeople(job: Job, entity: "contact" | "company", rows: Creation[]): Promise<Again | undefined> {
    const { accountId, kommo, request } = job;
    const { people, company } = request.wish;
    const making: Making = {
      accountId,
      requestNo: request.no,
      rows,
      look: (markers) => lookForPeople(kommo, entity, markers),
      send: async (missing, mayLeave) => {
        const made =
          entity === "contact"
            ? await kommo.addContacts(
                missing.map((row) => contactItem(people[row.place]!, row)),
                mayLeave,
              )
            : await kommo.addCompanies(
                missing.map((row) => companyItem(company, row)),
                mayLeave,
              );
        return new Map(made.map(({ id, request_id }, n) => [request_id ?? missing[n]!.marker, id]));
      },
    };
    try {
      return await this.creations.make(making);
    } catch (error) {
      if (!(error instanceof KommoRejected)) throw error;
      return this.complained(job, making, entity, error);
    }
  }

  private async complained(
    job: Job,
    making: Making,
    entity: "contact" | "company",
    error: KommoRejected,
  ): Promise<Again | undefined> {
    const { wish } = job.request;
    const { rows } = making;
    const complaintOf = ({ marker }: Creation) => error.items.find(({ requestId }) => requestId === marker)?.errors[0];
    const issueOf = (complaint: NonNullable<ReturnType<typeof complaintOf>>, { place }: Creation) =>
      entity === "contact" ? contactIssue(complaint, wish, place) : companyIssue(complaint);
    let named: { marker: string; issue: InputIssue }[];
    try {
      named = rows.flatMap((row) => {
        const complaint = complaintOf(row);
        return complaint ? [{ marker: row.marker, issue: issueOf(complaint, row) }] : [];
      });
    } catch (gone) {
      // Those of whom nothing was said may have been made.
      await this.creations.doubt(
        making,
        rows.filter((row) => !complaintOf(row)),
      );
      throw gone;
    }
    const [only, ...others] = rows;
    if (named.length === 0 && others.length > 0) return this.makeOneByOne(job, making, entity);
    if (named.length === 0 && only) {
      const path = entity === "contact" ? `contacts.${only.place}` : "company";
      named.push({ marker: only.marker, issue: { path, message: error.message } });
    }
    await this.creations.refuse(making, named);
    const rest = rows.filter(({ marker }) => !named.some((one) => one.marker === marker));
    return rest.length > 0 ? this.creations.doubt(making, rest) : undefined;
  }

  /** Kommo has refused all of them and does not say for whose sake. Sent alone, each is made or is the one. */
  private async makeOneByOne(job: Job, making: Making, entity: "contact" | "company"): Promise<Again | undefined> {
    const markers = making.rows.map(({ marker }) => marker);
    for (const row of await this.creations.read(making)) {
      if (row.state !== "due" || !markers.includes(row.marker)) continue;
      const alone = { ...making, rows: [row] };
      try {
        const again = await this.creations.make(alone);
        if (again) return again;
      } catch (error) {
        if (!(error instanceof KommoRejected)) throw error;
        await this.complained(job, alone, entity, error);
      }
    }
    return undefined;
  }

  /** @returns what could not be linked, because somebody has deleted it meanwhile */
  private async link(
    kommo: KommoClient,
    leadId: number,
    contactIds: readonly (number | null)[],
    companyId: number | null,
  ): Promise<InputIssue[] | "lead gone"> {
    const links = [
      ...contactIds.map((id, place) => ({ id, type: "contacts" as const, path: `contacts.${place}` })),
      { id: companyId, type: "companies" as const, path: "company" },
    ].flatMap(({ id, type, path }) =>
      id === null ? [] : [{ path, link: { to_entity_id: id, to_entity_type: type } }],
    );
    if (links.length === 0) return [];
    try {
      await kommo.link(
        leadId,
        links.map(({ link }) => link),
      );
      return [];
    } catch (error) {
      if (error instanceof KommoNotFound) return "lead gone";
      if (!(error instanceof KommoRejected)) throw error;
    }
    const issues: InputIssue[] = [];
    for (const { path, link } of links) {
      try {
        await kommo.link(leadId, [link]);
      } catch (error) {
        if (error instanceof KommoNotFound) return "lead gone";
        if (!(error instanceof KommoRejected)) throw error;
        issues.push({ path, message: "It was deleted in Kommo before it could be linked with the deal." });
      }
    }
    return issues;
  }
}

async function lookForLead(kommo: KommoClient, lead: Creation, others: readonly Creation[]): Promise<Made> {
  const found = (await kommo.leadsFound(lead.marker)).find((one) => carries(one.custom_fields_values, lead.marker));
  const made = new Map<string, number>();
  if (found) made.set(lead.marker, found.id);
  for (const { entity, marker } of others) {
    // Who is not linked with the deal that is there is looked for once more, and linked.
    const [linked] = entity === "contact" ? (found?._embedded.contacts ?? []) : (found?._embedded.companies ?? []);
    const id = found ? linked?.id : (await lookForPeople(kommo, entity as "contact" | "company", [marker])).get(marker);
    if (id) made.set(marker, id);
  }
  return made;
}

async function lookForPeople(
  kommo: KommoClient,
  entity: "contact" | "company",
  markers: readonly string[],
): Promise<Made> {
  const found = await Promise.all(
    markers.map(async (marker) => {
      const people = entity === "contact" ? await kommo.contactsFound(marker) : await kommo.companiesFound(marker);
      const one = people.find((person) => carries(person.custom_fields_values, marker));
      return one ? [[marker, one.id] as const] : [];
    }),
  );
  return new Map(found.flat());
}

function carries(values: readonly FieldValue[], marker: string): boolean {
  return values.some(
    ({ field_code, values }) => field_code === referenceField.code && values.some(({ value }) => value === marker),
  );
}
