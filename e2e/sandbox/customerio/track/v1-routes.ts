import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Identifiers } from "../state/people.ts";
import type { Workspace } from "../state/workspace.ts";
import type { World } from "../world.ts";
import { accept } from "./accept.ts";
import { acceptAnonymous } from "./anonymous.ts";
import { bytesOf, V1_EVENT_BYTES, withinLimits } from "./limits.ts";
import { invalid, type Refusal } from "./refusal.ts";

const params = z.object({ identifier: z.string() });
const flatBody = z.record(z.string(), z.unknown()).default({});
const eventBody = z.looseObject({ type: z.string().default("event"), data: z.unknown().optional() });
const deviceBody = z.object({ device: z.looseObject({ id: z.unknown().optional() }) });
const relationshipsKey = z.object({
  action: z.enum(["add_relationships", "delete_relationships"]),
  relationships: z.unknown(),
});

/** Track v1 says the same as v2 in another form; each call is rewritten and judged by the rules of v2. */
export function trackV1Routes(app: FastifyInstance, world: World): void {
  app.get("/api/v1/accounts/region", async (request) => {
    const { id, options } = workspaceOf(request);
    return { url: world.origins[options.region], region: options.region, environment_id: id };
  });

  app.put("/api/v1/customers/:identifier", async (request, reply) =>
    answer(reply, identify(workspaceOf(request), identifiersOf(request), flatBody.parse(request.body))),
  );
  app.post("/api/v1/customers/:identifier/events", async (request, reply) => {
    const { type, data = {}, ...rest } = eventBody.parse(request.body ?? {});
    if (bytesOf(data) > V1_EVENT_BYTES) return answer(reply, [invalid("data", "event data is too large")]);
    return answer(reply, onPerson(request, type, { ...rest, attributes: data }));
  });
  app.post("/api/v1/events", async (request, reply) =>
    answer(reply, acceptAnonymous(workspaceOf(request), request.body)),
  );

  app.delete("/api/v1/customers/:identifier", async (request, reply) => answer(reply, onPerson(request, "delete")));
  for (const action of ["suppress", "unsuppress"]) {
    app.post(`/api/v1/customers/:identifier/${action}`, async (request, reply) =>
      answer(reply, onPerson(request, action)),
    );
  }
  app.put("/api/v1/customers/:identifier/devices", async (request, reply) => {
    const read = deviceBody.safeParse(request.body);
    if (!read.success) return answer(reply, [invalid("device", "device is required")]);
    const { id, ...device } = read.data.device;
    return answer(reply, onPerson(request, "add_device", { device: { token: id, ...device } }));
  });
  app.delete("/api/v1/customers/:identifier/devices/:token", async (request, reply) => {
    const { token } = z.object({ token: z.string() }).parse(request.params);
    return answer(reply, onPerson(request, "delete_device", { device: { token } }));
  });
  app.post("/api/v1/merge_customers", async (request, reply) => {
    const { primary, secondary } = flatBody.parse(request.body);
    const [refusal] = accept(workspaceOf(request), { type: "person", action: "merge", primary, secondary });
    return refusal ? reply.code(400).send({ meta: { error: sentence(refusal) } }) : answer(reply, []);
  });
}

function workspaceOf(request: FastifyRequest): Workspace {
  return request.customerIo.credentials!.workspace;
}

/** The path says what kind of identifier it is by its shape only. */
function identifiersOf(request: FastifyRequest): Identifiers {
  const { identifier } = params.parse(request.params);
  if (identifier.startsWith("cio_")) return { cio_id: identifier.slice("cio_".length) };
  const isEmail = identifier.includes("@") && workspaceOf(request).identifiesBy("email");
  return isEmail ? { email: identifier } : { id: identifier };
}

function onPerson(request: FastifyRequest, action: string, rest: object = {}): Refusal[] {
  return accept(workspaceOf(request), { type: "person", action, identifiers: identifiersOf(request), ...rest });
}

function identify(workspace: Workspace, identifiers: Identifiers, body: Record<string, unknown>): Refusal[] {
  const { _timestamp: timestamp, cio_relationships, ...flat } = body;
  const isLenient = workspace.surroundings.switches.v1OverLimit === "cut-silently";
  const attributes = isLenient ? withinLimits(flat) : flat;
  const relations = cio_relationships === undefined ? undefined : relationshipsKey.safeParse(cio_relationships);
  if (relations && !relations.success) return [invalid("cio_relationships", "action and relationships are required")];
  const person = { type: "person", identifiers };
  const refusals = accept(workspace, { ...person, action: "identify", timestamp, attributes });
  if (refusals.length > 0 || !relations) return refusals;
  const { action, relationships } = relations.data;
  return accept(workspace, { ...person, action, cio_relationships: relationships });
}

function answer(reply: FastifyReply, refusals: Refusal[]): FastifyReply {
  if (refusals.length > 0) return reply.code(400).send({ meta: { errors: refusals.map(sentence) } });
  return reply.type("application/json").send("{}\n");
}

function sentence({ field, message }: Refusal): string {
  return `${field}: ${message}`;
}
