import { z } from "zod";

const number = z.number().min(0);

/**
 * The points where the contract (customerio.md) is uncertain or depends on the workspace's age; its mark of certainty
 * stands beside each. A client should pass with either value.
 */
export const switches = z.strictObject({
  /** D: how long an accepted write waits before it is applied. */
  applyDelayMs: number,
  /** Unknown: is an event id that is no ULID refused, or taken as if there were none? */
  invalidUlid: z.enum(["refused", "ignored"]),
  /** Unknown: what Track v1 does with values, names and numbers of attributes beyond the limits. */
  v1OverLimit: z.enum(["refused", "cut-silently"]),
  /** Unknown: within what an event id must be unique. */
  eventIdScope: z.enum(["workspace", "person"]),
  /** Unknown: does an event for an unknown person create that person? */
  eventCreatesPerson: z.boolean(),
  /** A and C disagree: 1000 or 100 requests a second of Track; 0 is no limit. */
  trackPerSecond: number,
  /** A says "throttled or dropped": beyond the rate, 429 or 200 without effect. */
  trackOverRate: z.enum(["throttled", "dropped"]),
  /** D: seconds in `Retry-After` of such a 429; 0 sends no such header. */
  retryAfter: number,
  /** A: requests a second of the App API; 0 is no limit. */
  appPerSecond: number,
  /** Unknown: what a campaign's mail tells of the event that started it: the id it was sent with, another one, or none. */
  triggerEventId: z.enum(["sent-id", "own-id", "none"]),
  /** A calls the channel of a change of topics `object_type_type`, which may be a slip; some may send neither. */
  preferencesChannel: z.enum(["object_type", "object_type_type", "none"]),
  /** D: a retried webhook is signed afresh. */
  retrySignedAfresh: z.boolean(),
});
export type Switches = z.output<typeof switches>;

export const DEFAULT_SWITCHES: Switches = {
  applyDelayMs: 0,
  invalidUlid: "refused",
  v1OverLimit: "refused",
  eventIdScope: "workspace",
  eventCreatesPerson: true,
  trackPerSecond: 1000,
  trackOverRate: "throttled",
  retryAfter: 0,
  appPerSecond: 10,
  triggerEventId: "sent-id",
  preferencesChannel: "object_type_type",
  retrySignedAfresh: true,
};
