import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { EmailMetric } from "../hooks/reporter.ts";
import type { Message } from "../state/messages.ts";
import type { Workspace } from "../state/workspace.ts";
import type { World } from "../world.ts";

/** What mail programs and other senders report, and what it is called in a webhook. */
const METRICS = {
  bounced: "bounced",
  clicked: "clicked",
  converted: "converted",
  deferred: "attempted",
  delivered: "delivered",
  dropped: "dropped",
  opened: "opened",
  spammed: "spammed",
} as const satisfies Record<string, EmailMetric>;

const report = z.object({
  delivery_id: z.string(),
  metric: z.enum(Object.keys(METRICS) as [keyof typeof METRICS]),
  timestamp: z.int().optional(),
  reason: z.string().optional(),
  href: z.string().optional(),
});

/** They need no key: who knows the delivery's id has the mail. Of an unknown one nothing becomes. */
export function deliveryRoutes(app: FastifyInstance, world: World): void {
  app.post("/unsubscribe/:delivery", async (request, reply) => {
    const { delivery } = z.object({ delivery: z.string() }).parse(request.params);
    const { unsubscribe } = z.object({ unsubscribe: z.boolean() }).parse(request.body);
    const found = find(world, delivery);
    if (found && unsubscribe) world.unsubscribe(...found, world.clock.seconds());
    if (found && !unsubscribe) resubscribe(...found, world.clock.seconds());
    return reply.type("application/json").send("{}\n");
  });

  app.post("/api/v1/metrics", async (request, reply) => {
    const { delivery_id, metric, timestamp = world.clock.seconds(), reason, href } = report.parse(request.body);
    const found = find(world, delivery_id);
    const extra = { ...(reason !== undefined && { failure_message: reason }), ...(href !== undefined && { href }) };
    if (found) world.reporter.email(...found, METRICS[metric], timestamp, extra);
    return reply.type("application/json").send("{}\n");
  });
}

function resubscribe(workspace: Workspace, { person }: Message, at: number): void {
  const wasUnsubscribed = person.unsubscribed;
  person.set("unsubscribed", false, at);
  if (wasUnsubscribed) workspace.subscriptionChanged(person, "email");
}

function find({ workspaces }: World, deliveryId: string): [Workspace, Message] | undefined {
  for (const workspace of workspaces.values()) {
    const message = workspace.messages.find(deliveryId);
    if (message) return [workspace, message];
  }
  return undefined;
}
