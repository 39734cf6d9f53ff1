import type { FastifyInstance } from "fastify";
import { notFound } from "../kommo/api/problem.ts";
import { may } from "../kommo/crm/rights.ts";
import type { Lead } from "../kommo/state/rows.ts";
import type { World } from "../kommo/world.ts";
import { contactPage } from "./contact-page.ts";
import { documentFor, pipelineRow } from "./document.ts";
import { fieldRows, leadPage, tagNames } from "./lead-page.ts";
import { type Visitor, visitorOf } from "./visitor.ts";
import type { BoardLead, BoardPage } from "./wire.ts";

const ADDRESSES = [
  "/leads/pipeline",
  "/leads/pipeline/:id",
  "/leads/detail/:id",
  "/leads/add",
  "/contacts/detail/:id",
  "/settings/widgets",
  "/settings/pipeline/leads/:id",
  "/settings/widgets/:code",
];

/** The page's addresses, and what its scripts ask for. */
export function pageRoutes(app: FastifyInstance, world: World): void {
  app.get("/", (_request, reply) => reply.redirect("/leads/pipeline/"));
  for (const address of ADDRESSES) {
    app.get(address, async (request, reply) =>
      reply.type("text/html; charset=utf-8").send(documentFor(visitorOf(world, request), world.switches)),
    );
  }

  app.get("/ajax/page/board/:pipeline", async (request) => {
    const visitor = visitorOf(world, request);
    const { pipelines } = visitor.account;
    const wanted = Number((request.params as { pipeline: string }).pipeline);
    return board(visitor, pipelines.has(wanted) ? wanted : [...pipelines.keys()][0]!);
  });

  app.get("/ajax/page/lead/:id", async (request) => {
    const visitor = visitorOf(world, request);
    const lead = visitor.account.leads.get(Number((request.params as { id: string }).id));
    if (!lead || !isSeen(visitor, lead)) throw notFound();
    return leadPage(visitor, lead);
  });

  app.get("/ajax/page/contact/:id", async (request) => {
    const page = contactPage(visitorOf(world, request), Number((request.params as { id: string }).id));
    if (!page) throw notFound();
    return page;
  });

  app.get("/ajax/page/fields", async (request) => fieldRows(visitorOf(world, request).account));
}

function board(visitor: Visitor, pipelineId: number): BoardPage {
  const { account } = visitor;
  const leads = [...account.leads.values()].filter((lead) => lead.pipeline_id === pipelineId && isSeen(visitor, lead));
  return {
    pipeline: pipelineRow(account.pipelines.get(pipelineId)!),
    leads: leads.map((lead) => boardLead(visitor, lead)).sort((a, b) => b.created_at - a.created_at || b.id - a.id),
  };
}

function isSeen({ account, user }: Visitor, lead: Lead): boolean {
  return !lead.is_deleted && may(account, user, "view", "leads", lead);
}

function boardLead({ account }: Visitor, lead: Lead): BoardLead {
  const { id, name, price, status_id, created_at, closest_task_at } = lead;
  const main = account.links.of("leads", id, "contacts")[0];
  return {
    ...{ id, name, price, status_id, created_at },
    responsible: account.users.get(lead.responsible_user_id)?.name ?? "",
    contact: (main && account.contacts.get(main.to_entity_id)?.name) ?? "",
    tags: tagNames(account, lead),
    task_at: closest_task_at,
  };
}
