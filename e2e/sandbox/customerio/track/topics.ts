import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";

const PREFERENCES = "cio_subscription_preferences";
const ONE_TOPIC = `${PREFERENCES}.topics.`;

export function isPreference(name: string): boolean {
  return name === PREFERENCES || name.startsWith(ONE_TOPIC);
}

/** Topics named as a whole or one by one; those that are not named stay as they are. */
export function changeTopics(
  workspace: Workspace,
  person: Person,
  attributes: Record<string, unknown>,
  timestamp: number,
): void {
  const before = topicsOf(person.attributes[PREFERENCES]);
  const single = Object.entries(attributes)
    .filter(([name]) => name.startsWith(ONE_TOPIC))
    .map(([name, value]) => [name.slice(ONE_TOPIC.length), value]);
  const topics = { ...before, ...topicsOf(attributes[PREFERENCES]), ...Object.fromEntries(single) };
  if (JSON.stringify(topics) === JSON.stringify(before)) return;
  person.set(PREFERENCES, { topics }, timestamp);
  workspace.topicsChanged(person, topics);
}

function topicsOf(preferences: unknown): Record<string, unknown> {
  const { topics } = (preferences ?? {}) as { topics?: unknown };
  return typeof topics === "object" && topics !== null ? { ...topics } : {};
}
