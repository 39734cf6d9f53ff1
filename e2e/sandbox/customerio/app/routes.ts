import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { webhookBody } from "../hooks/reporting-webhook.ts";
import { PerSecond } from "../per-second.ts";
import type { Person } from "../state/person.ts";
import type { Region } from "../state/workspace.ts";
import type { World } from "../world.ts";
import { listActivities, listMessages } from "./history.ts";
import { mailingRoutes } from "./mailings.ts";
import { notFound, workspaceOf } from "./request.ts";

const WEBHOOKS = "/v1/reporting_webhooks";
const idType = z.object({ id_type: z.enum(["id", "email", "cio_id"]).default("id") });

export function appRoutes(app: FastifyInstance, world: World, region: Region): void {
  guard(app, world, region);
  app.get("/v1/customers", async (request) => {
    const { email } = z.object({ email: z.string() }).parse(request.query);
    const people = workspaceOf(request).people.all();
    const hits = people.filter(({ address }) => address?.toLowerCase() === email.toLowerCase());
    return { results: hits.map(identifiersOf) };
  });
  app.get("/v1/customers/:id/attributes", async (request, reply) => {
    const person = personOf(request);
    if (!person) return notFound(reply);
    const texts = Object.entries(person.attributes).map(([name, value]) => [name, textOf(value)]);
    const { unsubscribed, devices } = person;
    const about = {
      id: person.id ?? "",
      identifiers: identifiersOf(person),
      unsubscribed,
      devices: [...devices.values()],
    };
    return { customer: { ...about, attributes: Object.fromEntries(texts) } };
  });
  app.get("/v1/customers/:id/messages", async (request, reply) => {
    const person = personOf(request);
    return person ? listMessages(workspaceOf(request), person, request.query) : notFound(reply);
  });
  app.get("/v1/customers/:id/activities", async (request, reply) => {
    const person = personOf(request);
    return person ? listActivities(workspaceOf(request), person, request.query) : notFound(reply);
  });
  app.get("/v1/object_types", async (request) => ({ types: [...workspaceOf(request).objects.types.values()] }));
  mailingRoutes(app);
  webhookRoutes(app);
}

function webhookRoutes(app: FastifyInstance): void {
  const find = (request: FastifyRequest) =>
    workspaceOf(request).webhooks.get(z.object({ id: z.coerce.number() }).parse(request.params).id);
  app.get(WEBHOOKS, async (request) => ({ reporting_webhooks: [...workspaceOf(request).webhooks.values()] }));
  app.post(WEBHOOKS, async (request) => {
    const { webhooks } = workspaceOf(request);
    const webhook = {
      ...webhookBody.parse(request.body),
      id: Math.max(0, ...webhooks.keys()) + 1,
      type: "webhook" as const,
    };
    webhooks.set(webhook.id, webhook);
    return webhook;
  });
  app.get(`${WEBHOOKS}/:id`, async (request, reply) => find(request) ?? notFound(reply));
  app.put(`${WEBHOOKS}/:id`, async (request, reply) => {
    const webhook = find(request);
    return webhook ? Object.assign(webhook, webhookBody.parse(request.body)) : notFound(reply);
  });
  app.delete(`${WEBHOOKS}/:id`, async (request, reply) => {
    const webhook = find(request);
    if (!webhook) return notFound(reply);
    workspaceOf(request).webhooks.delete(webhook.id);
    return reply.code(204).send();
  });
}

function guard(app: FastifyInstance, world: World, region: Region): void {
  const rate = new PerSecond(world.clock);
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/v1/")) return;
    const { credentials, effects } = request.customerIo;
    if (credentials?.kind !== "app" || credentials.workspace.options.region !== region) {
      return reply.code(401).send({ errors: [{ detail: "unauthorized", status: "401" }] });
    }
    if (rate.allows(credentials.workspace.id, world.switches.appPerSecond)) return;
    effects.push("throttled");
    return reply.code(429).send();
  });
}

function personOf(request: FastifyRequest): Person | undefined {
  const { id } = z.object({ id: z.string() }).parse(request.params);
  const workspace = workspaceOf(request);
  const { id_type } = idType.refine((query) => workspace.identifiesBy(query.id_type)).parse(request.query);
  return workspace.people.find({ [id_type]: id });
}

function identifiersOf({ address: email, id, cioId: cio_id }: Person) {
  return { email, id, cio_id };
}

/** Every value comes back as a text. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
