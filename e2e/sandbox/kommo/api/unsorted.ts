import { z } from "zod";
import { type ItemError, notAChoice, refuse } from "../crm/invalid-item.ts";
import { createLead, mainPipeline } from "../crm/leads.ts";
import { linkCompany, linkContact } from "../crm/linking.ts";
import { createPerson } from "../crm/people.ts";
import { acceptUnsorted, addUnsorted, declineUnsorted, incomingStage } from "../crm/unsorted.ts";
import type { Unsorted } from "../state/rows.ts";
import type { Api } from "./api.ts";
import { parseItem, seconds, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { among, Filter } from "./filter.ts";
import { readNewLead } from "./lead-input.ts";
import { list, written } from "./paging.ts";
import { readPerson } from "./people.ts";
import { notFound } from "./problem.ts";

const PATH = "/leads/unsorted";

const input = z.object({
  source_name: z.string(),
  source_uid: z.string(),
  pipeline_id: z.int().optional(),
  created_at: seconds.optional(),
  metadata: z.record(z.string(), z.unknown()),
  _embedded: z
    .object({
      leads: z.array(z.record(z.string(), z.unknown())).max(1).optional(),
      contacts: z.array(z.record(z.string(), z.unknown())).max(1).optional(),
      companies: z.array(z.record(z.string(), z.unknown())).max(1).optional(),
    })
    .optional(),
});
const decision = z.object({ user_id: z.int().optional(), status_id: z.int().optional() });

/** Incoming leads: they wait in the first stage of a pipeline until somebody accepts or declines them. */
export function unsortedRoutes(api: Api): void {
  api.get(PATH, (call) => {
    const filter = new Filter(call);
    const uids = filter.texts("uid");
    const categories = filter.texts("category");
    const pipelines = filter.ids("pipeline_id");
    const rows = [...call.account.unsorted.values()].filter(
      (one) =>
        (uids === undefined || uids.includes(one.uid)) &&
        (categories === undefined || categories.includes(one.category)) &&
        among(pipelines, one.pipeline_id),
    );
    return list(call, rows, { path: PATH, name: "unsorted", render: (one) => renderUnsorted(call, one) });
  });

  api.get(`${PATH}/summary`, (call) => {
    const all = [...call.account.unsorted.values()];
    const of = (category: string) => ({ total: all.filter((one) => one.category === category).length });
    const categories = { forms: of("forms"), sip: of("sip"), chats: of("chats"), mail: of("mail") };
    return {
      total: all.length,
      accepted: 0,
      declined: 0,
      average_sort_time: 0,
      categories,
      _links: call.link(`${PATH}/summary`),
    };
  });

  api.get(`${PATH}/:uid`, (call) => renderUnsorted(call, unsortedOf(call)));

  for (const category of ["forms", "sip"] as const) {
    api.post(`${PATH}/${category}`, (call) => {
      const rows = writeBatch(
        call,
        (item) => readUnsorted(call, item),
        (create, request_id) => {
          const one = create(category);
          call.created += 1;
          return { ...renderUnsorted(call, one), request_id };
        },
      );
      return { _total_items: rows.length, ...written(call, `${PATH}/${category}`, "unsorted", rows) };
    });
  }

  api.post(`${PATH}/:uid/accept`, (call) => {
    const one = unsortedOf(call);
    const { user_id, status_id } =
      call.body === undefined
        ? {}
        : writeOne(
            call,
            (item) => readDecision(call, one, item),
            (wish) => wish,
          );
    acceptUnsorted(call.account, one, { user_id: user_id ?? call.user.id, status_id }, call.user.id);
    return renderUnsorted(call, one);
  });

  api.delete(`${PATH}/:uid/decline`, (call) => {
    const one = unsortedOf(call);
    const { user_id } = writeOne(
      call,
      (item) => parseItem(decision.required({ user_id: true }), item),
      (wish) => wish,
    );
    declineUnsorted(call.account, one, user_id);
    return renderUnsorted(call, one);
  });
}

function unsortedOf(call: Call): Unsorted {
  const one = call.account.unsorted.get(call.params.uid ?? "");
  if (!one) throw notFound();
  return one;
}

function readDecision(call: Call, one: Unsorted, item: unknown): z.output<typeof decision> {
  const wish = parseItem(decision, item);
  const errors: ItemError[] = [];
  if (wish.user_id && !call.account.users.has(wish.user_id)) errors.push(notAChoice("user_id"));
  const stages = call.account.pipelines.get(one.pipeline_id)?.statuses;
  if (wish.status_id && !stages?.has(wish.status_id)) errors.push(notAChoice("status_id"));
  refuse(errors);
  return wish;
}

function readUnsorted(call: Call, item: unknown): (category: "forms" | "sip") => Unsorted {
  const { account, user } = call;
  const wish = parseItem(input, item);
  const pipeline_id = wish.pipeline_id ?? mainPipeline(account).id;
  if (!account.pipelines.has(pipeline_id)) refuse([notAChoice("pipeline_id")]);
  const lead = readNewLead(account, {
    ...wish._embedded?.leads?.[0],
    pipeline_id,
    status_id: incomingStage(account, pipeline_id),
  });
  const contact = wish._embedded?.contacts?.[0] && readPerson(account, "contacts", wish._embedded.contacts[0]);
  const company = wish._embedded?.companies?.[0] && readPerson(account, "companies", wish._embedded.companies[0]);
  return (category) => {
    const { id } = createLead(account, lead, user.id);
    const person =
      contact &&
      createPerson(account, "contacts", { ...contact, is_unsorted: true }, user.id, (one) =>
        linkContact(account, id, one.id, true, user.id),
      );
    const firm =
      company &&
      createPerson(account, "companies", company, user.id, (one) => linkCompany(account, "leads", id, one.id, user.id));
    const { source_name, source_uid, metadata } = wish;
    const made = { lead_id: id, contact_id: person?.id ?? null, company_id: firm?.id ?? null };
    return addUnsorted(account, { category, source_name, source_uid, metadata, ...made });
  };
}

function renderUnsorted(call: Call, one: Unsorted): object {
  const ids = (kind: string, id: number | null) => (id === null ? [] : [{ id, _links: call.link(`/${kind}/${id}`) }]);
  return {
    uid: one.uid,
    source_uid: one.source_uid,
    source_name: one.source_name,
    category: one.category,
    pipeline_id: one.pipeline_id,
    created_at: one.created_at,
    metadata: one.metadata,
    account_id: call.account.id,
    _links: call.link(`${PATH}/${one.uid}`),
    _embedded: {
      leads: ids("leads", one.lead_id),
      contacts: ids("contacts", one.contact_id),
      companies: ids("companies", one.company_id),
    },
  };
}
