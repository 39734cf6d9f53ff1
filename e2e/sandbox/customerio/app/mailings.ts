import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Campaign, Mailing } from "../state/mailings.ts";
import type { Workspace } from "../state/workspace.ts";
import { notFound, workspaceOf } from "./request.ts";

/** Where each kind is asked for, and under which key its answer stands. */
const KINDS = [
  { path: "newsletters", key: "newsletter" },
  { path: "broadcasts", key: "broadcast" },
  { path: "transactional", key: "message" },
] as const;

const numbered = z.object({ id: z.coerce.number() });

/** The names of what sends mails, by the numbers that webhooks tell. */
export function mailingRoutes(app: FastifyInstance): void {
  app.get("/v1/campaigns", async (request) => {
    const workspace = workspaceOf(request);
    return { campaigns: [...workspace.mailings.campaigns.values()].map((one) => showCampaign(workspace, one)) };
  });
  app.get("/v1/campaigns/:id", async (request, reply) => {
    const workspace = workspaceOf(request);
    const campaign = workspace.mailings.campaigns.get(numbered.parse(request.params).id);
    return campaign ? { campaign: showCampaign(workspace, campaign) } : notFound(reply);
  });
  for (const { path, key } of KINDS) {
    app.get(`/v1/${path}/:id`, async (request, reply) => {
      const mailing = workspaceOf(request).mailings[path].get(numbered.parse(request.params).id);
      return mailing ? { [key]: showMailing(mailing) } : notFound(reply);
    });
  }
}

function showCampaign({ id: workspace }: Workspace, { id, name, actionId, eventName }: Campaign) {
  return {
    ...{ id, deduplicate_id: `${id}:${workspace}`, name },
    ...{ type: eventName === null ? "segment" : "event", active: true, state: "running" },
    actions: [{ id: actionId, type: "email" }],
    tags: [],
    ...(eventName !== null && { event_name: eventName }),
  };
}

function showMailing({ id, name }: Mailing) {
  return { id, deduplicate_id: String(id), name, tags: [] };
}
