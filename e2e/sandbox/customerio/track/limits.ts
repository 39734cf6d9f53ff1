import { isUlid } from "../state/ulid.ts";
import type { Switches } from "../switches.ts";
import type { Operation } from "./operation.ts";
import { invalid, type Refusal } from "./refusal.ts";

export const BATCH_BYTES = 500_000;
export const ITEM_BYTES = 32_000;
export const V1_EVENT_BYTES = 100_000;
const NAME_BYTES = 150;
const VALUE_BYTES = 1000;
const EVENT_NAME_BYTES = 100;
export const ATTRIBUTES = 300;
/** Of an object and all its relationships together. */
export const OBJECT_BYTES = 100_000;
/** Seconds beyond this one are surely milliseconds. */
const LAST_SECOND = 100_000_000_000;

/** UTF-8 bytes of what is sent. */
export function bytesOf(value: unknown): number {
  return Buffer.byteLength(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}

/** What is too long, too much or written in a wrong form, though its shape is right. */
export function judgeLimits(operation: Operation, switches: Switches): Refusal[] {
  return [
    ...("identifiers" in operation ? judgeIdentifiers(operation.identifiers as Record<string, unknown>) : []),
    ...("name" in operation ? judgeEvent(operation as { name: string; id?: string }, switches) : []),
    ...("timestamp" in operation ? judgeTime(operation.timestamp) : []),
    ...("attributes" in operation ? judgeAttributes(operation.attributes as Record<string, unknown>) : []),
  ];
}

function judgeIdentifiers(identifiers: Record<string, unknown>): Refusal[] {
  return Object.entries(identifiers)
    .filter(([, value]) => bytesOf(value ?? "") > NAME_BYTES)
    .map(([kind]) => invalid(`identifiers.${kind}`, `identifier cannot be longer than ${NAME_BYTES} bytes`));
}

function judgeEvent({ name, id }: { name: string; id?: string }, { invalidUlid }: Switches): Refusal[] {
  const refusals: Refusal[] = [];
  if (bytesOf(name) > EVENT_NAME_BYTES) {
    refusals.push(invalid("name", `event name cannot be longer than ${EVENT_NAME_BYTES} bytes`));
  }
  if (id !== undefined && !isUlid(id) && invalidUlid === "refused") {
    refusals.push(invalid("id", "event id must be a valid ULID"));
  }
  return refusals;
}

function judgeTime(timestamp: unknown): Refusal[] {
  if (typeof timestamp !== "number" || timestamp < LAST_SECOND) return [];
  return [invalid("timestamp", "timestamp must be in seconds")];
}

function judgeAttributes(attributes: Record<string, unknown>): Refusal[] {
  const names = Object.keys(attributes);
  const refusals = names.flatMap((name) => judgeAttribute(name, attributes[name]));
  if (names.length > ATTRIBUTES) refusals.push(invalid("attributes", `cannot have more than ${ATTRIBUTES} attributes`));
  return refusals;
}

function judgeAttribute(name: string, value: unknown): Refusal[] {
  const field = `attributes.${name}`;
  if (bytesOf(name) > NAME_BYTES) return [invalid(field, `property name cannot be longer than ${NAME_BYTES} bytes`)];
  if (bytesOf(value) > VALUE_BYTES)
    return [invalid(field, `property value cannot be longer than ${VALUE_BYTES} bytes`)];
  return [];
}

/** Attributes within the limits: what is left when the others are passed over silently. */
export function withinLimits(attributes: Record<string, unknown>): Record<string, unknown> {
  const good = Object.entries(attributes).filter(([name, value]) => judgeAttribute(name, value).length === 0);
  return Object.fromEntries(good.slice(0, ATTRIBUTES));
}
