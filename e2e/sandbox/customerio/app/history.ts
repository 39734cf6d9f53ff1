import { z } from "zod";
import type { Happening, Message } from "../state/messages.ts";
import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";

const DAY = 86_400;
const SIX_MONTHS = 182 * DAY;

const page = { limit: z.coerce.number().int().min(1).max(100).default(50), start: z.coerce.number().int().default(0) };
const messagesQuery = z.object({
  ...page,
  start_ts: z.coerce.number().optional(),
  end_ts: z.coerce.number().optional(),
});
const activitiesQuery = z.object({ ...page, type: z.string().optional() });

/** Mails by the time they were made; a range longer than six months is cut to its newest six. */
export function listMessages(workspace: Workspace, person: Person, query: unknown) {
  const { limit, start, start_ts = 0, end_ts = Math.floor(workspace.now / 1000) } = messagesQuery.parse(query);
  const from = Math.max(start_ts, end_ts - SIX_MONTHS);
  const hits = workspace.messages.of(person).filter(({ created }) => created >= from && created <= end_ts);
  return { messages: hits.slice(start, start + limit).map(showMessage), next: next(hits.length, start + limit) };
}

/** What the workspace's log holds of a person; older than 30 days it is gone. */
export function listActivities(workspace: Workspace, { cioId }: Person, query: unknown) {
  const { limit, start, type } = activitiesQuery.parse(query);
  const from = workspace.now / 1000 - 30 * DAY;
  const hits = workspace.activities
    .all()
    .filter((one) => one.cioId === cioId && one.timestamp >= from && (type === undefined || one.type === type))
    .map(({ cioId: _, ...activity }) => activity);
  return { activities: hits.slice(start, start + limit), next: next(hits.length, start + limit) };
}

/** The cursor of the page behind; empty when there is none. */
function next(total: number, end: number): string {
  return end < total ? String(end) : "";
}

function showMessage({ deliveryId: id, subject, recipient, created, metrics, log, parent }: Message) {
  return { id, type: "email", subject, recipient, created, metrics: { ...metrics, ...readings(log) }, ...parent };
}

/** How often people have read, and how often machines; what never happened is left out. */
function readings(log: Happening[]): Record<string, number> {
  const count = (metric: string, isMachine: boolean) =>
    log.filter((one) => one.metric === metric && (one.extra.prefetched ?? one.extra.machine ?? false) === isMachine)
      .length;
  const counts = ["opened", "clicked"].flatMap((metric) => [
    [`human_${metric}`, count(metric, false)] as const,
    [`prefetch_${metric}`, count(metric, true)] as const,
  ]);
  return Object.fromEntries(counts.filter(([, times]) => times > 0));
}
