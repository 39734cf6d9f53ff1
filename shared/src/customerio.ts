import { z } from "zod";
import { EngagementSettings } from "./engagement.ts";

const time = z.iso.datetime();
const count = z.int().nonnegative();
const key = (thing: string) =>
  z
    .string()
    .trim()
    .min(1, `${thing} must not be empty.`)
    .max(200, `${thing} is at most 200 characters long.`)
    .regex(/^[\x21-\x7e]+$/, `${thing} has no blanks and no letters beyond ASCII.`);

export const Region = z.enum(["us", "eu"]);
export type Region = z.infer<typeof Region>;

/** What an administrator pastes. A key that is left out stays as it is; null takes it away. */
export const ConnectionWish = z.object({
  siteId: key("The site id"),
  trackKey: key("The Track API key").optional(),
  appKey: key("The App API key").nullable().optional(),
  signingKey: key("The signing key").nullable().optional(),
});
export type ConnectionWish = z.infer<typeof ConnectionWish>;

/** How an account stands with Customer.io; never a key. */
export const Connection = z.object({
  siteId: z.string(),
  hasAppKey: z.boolean(),
  hasSigningKey: z.boolean(),
  region: Region,
  /** The workspace, as Customer.io numbers it. */
  environmentId: z.int(),
  /** Another account of this server speaks to the same workspace. */
  isShared: z.boolean(),
  /** Where Customer.io has to send its reporting webhooks. */
  webhookUrl: z.string(),
  webhook: z.object({
    /** `made`: by us with the App key. `heard`: somebody has set it up and it works. */
    state: z.enum(["none", "made", "heard"]),
    lastHeardAt: time.nullable(),
    /** The last that was signed rightly and the last that was not; a wrong signature holds up all that comes after it. */
    lastSignedAt: time.nullable(),
    lastRefusedAt: time.nullable(),
    /** Since the last one that was right. */
    refused: count,
    /** Why: `no_key` (none is pasted), `no_signature`, `wrong`. */
    refusal: z.enum(["no_key", "no_signature", "wrong"]).nullable(),
    /**
     * Whether every open is told or only the first of each mail; null until it is known. With `first` a human open after a
     * machine's is never told.
     */
    mode: z.enum(["all", "first"]).nullable(),
  }),
  sending: z.object({
    /** Why nothing is sent: `refused` keys; null when all is well. */
    problem: z.enum(["refused", "unavailable"]).nullable(),
    lastSentAt: time.nullable(),
    waiting: count,
    stuck: count,
  }),
  checkedAt: time.nullable(),
});
export type Connection = z.infer<typeof Connection>;

/** Null before anything was pasted. */
export const ConnectionAnswer = z.object({ connection: Connection.nullable() });
export type ConnectionAnswer = z.infer<typeof ConnectionAnswer>;

/** One thing that was tried; `state` `skipped`: there is no key for it. */
export const ConnectionCheckStep = z.object({
  key: z.enum(["track", "app", "objects", "webhook", "signature"]),
  state: z.enum(["ok", "failed", "skipped", "waiting"]),
  /** A sentence that says what works, or what to do. */
  message: z.string(),
});
export const ConnectionCheck = z.object({ steps: z.array(ConnectionCheckStep), at: time });
export type ConnectionCheck = z.infer<typeof ConnectionCheck>;

/** Kinds of objects of the workspace; empty without an App key. */
export const ObjectTypes = z.object({ types: z.array(z.object({ id: z.string(), name: z.string() })) });
export type ObjectTypes = z.infer<typeof ObjectTypes>;

/** Shows what would be sent of a lead by these settings, saved or not. */
export const PreviewWish = z.object({ leadId: z.int().positive(), settings: EngagementSettings });
export type PreviewWish = z.infer<typeof PreviewWish>;

const Attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const Preview = z.object({
  people: z.array(
    z.object({
      contactId: z.int(),
      name: z.string(),
      /** Null: the contact has none, so nothing is sent of him. */
      identifier: z.object({ by: z.enum(["email", "id"]), value: z.string() }).nullable(),
      attributes: Attributes,
    }),
  ),
  /** The deal as an object; null when it is not sent as one. */
  object: Attributes.nullable(),
  /** What each event of this deal would carry besides its name. */
  event: Attributes,
  /** What cannot be sent as it is, in sentences: a value that is too long, a text that is no number. */
  problems: z.array(z.string()),
});
export type Preview = z.infer<typeof Preview>;

/** Attributes of existing deals being sent; no events, so that no campaign starts. */
export const DealsSent = z.object({
  /** `counting` reads which deals there are. */
  state: z.enum(["none", "counting", "running", "done", "cancelled"]),
  total: count,
  done: count,
  failed: count,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  waitingFor: z.string().nullable(),
});
export type DealsSent = z.infer<typeof DealsSent>;
