import { z } from "zod";
import { Score } from "./qualification.ts";
import { SegmentName } from "./queue.ts";

const time = z.iso.datetime();
const count = z.int().nonnegative();

/** Why an open or a click does not count as a person's. */
export const MachineReason = z.enum(["prefetched", "proxied", "synthetic", "machine", "scanner", "too_fast"]);
export type MachineReason = z.infer<typeof MachineReason>;

const Person = z.object({ contactId: z.int(), name: z.string() });

const mailed = {
  id: z.string(),
  at: time,
  /** Null where the contact is not known. */
  person: Person.nullable(),
  channel: z.string(),
  subject: z.string().nullable(),
  /** Its name where the App key allows to ask for it. */
  campaign: z.string().nullable(),
};

/** One thing that happened, of the deal or of its people's mail. */
export const TimelineEntry = z.discriminatedUnion("kind", [
  z.object({
    ...mailed,
    kind: z.enum(["sent", "delivered", "converted", "unsubscribed", "subscribed", "bounced", "spam", "failed"]),
    /** Why it did not arrive. */
    reason: z.string().nullable(),
  }),
  z.object({ ...mailed, kind: z.literal("opened"), machine: MachineReason.nullable() }),
  z.object({
    ...mailed,
    kind: z.literal("clicked"),
    machine: MachineReason.nullable(),
    /** Only http and https, without query: that may hold a key. Null for anything else. */
    link: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("stage"),
    id: z.string(),
    at: time,
    from: z.string().nullable(),
    to: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("verdict"),
    id: z.string(),
    at: time,
    score: Score.nullable(),
    segment: SegmentName.nullable(),
  }),
  /** A task to call, because of what was read. */
  z.object({ kind: z.literal("call"), id: z.string(), at: time, opens: count, hours: count }),
]);
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const TIMELINE_PAGE = 20;

/** Newest first. */
export const Timeline = z.object({
  entries: z.array(TimelineEntry),
  /** For `before`; null at the end. */
  next: z.string().nullable(),
});
export type Timeline = z.infer<typeof Timeline>;

export const TimelineQuery = z.object({
  /** `next` of the page before. */
  before: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/, "This page does not exist.")
    .optional(),
});
export type TimelineQuery = z.infer<typeof TimelineQuery>;

/** One of the deal's people as campaigns may or may not write to him. */
export const Recipient = z.object({
  contactId: z.int(),
  name: z.string(),
  /** `unknown`: there is no address, or Customer.io has not spoken of him yet. */
  state: z.enum(["reachable", "unsubscribed", "bounced", "spam", "unknown"]),
  since: time.nullable(),
  /** Which campaigns have written to him, and which wait for one of our events; the last first, at most five. */
  campaigns: z.array(
    z.object({
      name: z.string(),
      lastSentAt: time.nullable(),
      /** One of our events starts it. */
      isStartedByDeals: z.boolean(),
    }),
  ),
});
export type Recipient = z.infer<typeof Recipient>;

/** What the deal card shows of campaigns. */
export const EngagementPanel = z.object({
  /** What the account's rule for a call asks for is there now. */
  hot: z.object({ opens: count, hours: count, lastAt: time }).nullable(),
  /** The last 30 days in the account's time zone, the oldest first. */
  heat: z.array(z.object({ day: z.iso.date(), human: count, machine: count })).length(30),
  recipients: z.array(Recipient),
  timeline: Timeline,
});
export type EngagementPanel = z.infer<typeof EngagementPanel>;
