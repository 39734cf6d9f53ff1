import { z } from "zod";
import { isUlid } from "../state/ulid.ts";
import type { Workspace } from "../state/workspace.ts";
import { judgeLimits } from "./limits.ts";
import { invalid, type Refusal } from "./refusal.ts";

const body = z.object({
  name: z.string().trim().min(1),
  type: z.enum(["event", "page", "screen"]).default("event"),
  id: z.string().optional(),
  timestamp: z.int().optional(),
  data: z.record(z.string(), z.unknown()).default({}),
  anonymous_id: z.union([z.string(), z.number()]).transform(String).nullable().default(null),
});

/** An event of somebody whom only a later identification names. */
export function acceptAnonymous(workspace: Workspace, given: unknown): Refusal[] {
  const read = body.safeParse(given);
  if (!read.success) return read.error.issues.map(({ path, message }) => invalid(path.join("."), message));
  const { data: attributes, anonymous_id: anonymousId, ...event } = read.data;
  const { switches } = workspace.surroundings;
  const identifiers = { id: anonymousId ?? undefined };
  const refusals = judgeLimits({ ...event, type: "person", action: event.type, identifiers, attributes }, switches);
  if (refusals.length > 0) return refusals;
  const { name, type, id, timestamp = Math.floor(workspace.now / 1000) } = event;
  const stored = { person: null, anonymousId, id: id && isUlid(id) ? id : null, type, name, timestamp, attributes };
  workspace.later(() => void workspace.events.add(stored, { scope: switches.eventIdScope, now: workspace.now }));
  return [];
}
