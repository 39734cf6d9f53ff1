import { z } from "zod";

const time = z.iso.datetime();

/** What a setup page proves: each link from Kommo to the verdict, and what is broken in it. */
export const Setup = z.object({
  account: z.object({
    id: z.int(),
    name: z.string(),
    host: z.string(),
    status: z.enum(["active", "needs_reconnect"]),
    statusReason: z.string().nullable(),
  }),
  provisioning: z.object({
    /** Null while it is under way. */
    completedAt: time.nullable(),
    /** Lead fields that exist with the right type. */
    fields: z.array(z.string()),
    missingFields: z.array(z.string()),
    /** Each of our fields by itself. `wrong_type`: one with our code is of another type, which only a person can mend. */
    fieldStates: z.array(
      z.object({ key: z.string(), name: z.string(), state: z.enum(["ready", "missing", "wrong_type"]) }),
    ),
    /** It is being looked at now; ask again in a second. */
    isRunning: z.boolean(),
    /** Why it does not come to an end, in a sentence. */
    lastError: z.string().nullable(),
    /** One sentence each. */
    problems: z.array(z.string()),
  }),
  webhook: z.object({
    /** `unknown` until provisioning has looked. */
    state: z.enum(["subscribed", "unavailable", "unknown"]),
    why: z.string().nullable(),
    checkedAt: time.nullable(),
    lastHeardAt: time.nullable(),
  }),
  /** Whose grant is used, and until when; null after it was taken away. */
  connection: z
    .object({
      /** A long-lived token ends at `expiresAt` for good; an OAuth grant is renewed by itself, and `expiresAt` is null. */
      kind: z.enum(["oauth", "long_lived"]),
      /** The administrator who connected; null where the name is not known. */
      byName: z.string().nullable(),
      expiresAt: time.nullable(),
    })
    .nullable(),
  /** What the grant says it may do; only a hint, because it is read from the token. Null: it does not say. */
  scopes: z.array(z.string()).nullable(),
  /**
   * Chat messages from before the installation. `no_scope`: the integration was not given "External chat history";
   * `no_plan`: the account's plan does not have it; `unknown`: nothing there yet to try it on.
   */
  chatHistory: z.object({
    state: z.enum(["available", "no_scope", "no_plan", "unknown"]),
    checkedAt: time.nullable(),
  }),
  /** How far Kommo's clock is ahead of ours (behind: negative), to the second; more than 60 breaks sign-in. */
  clock: z.object({ skewSeconds: z.number().nullable(), checkedAt: time.nullable() }),
  /** Whether the operator has set a key. */
  hasModelKey: z.boolean(),
  /**
   * Models in use whose price is not known: the one in force, and those asked in the last 30 days. Their calls count at the
   * dearest price known, so the costs shown are too high rather than too low.
   */
  unpricedModels: z.array(z.string()),
  model: z.object({
    /** The one leads are judged by now. */
    id: z.string(),
    /** `2027-01-14`, the day from which it does not answer any more; null when none is announced. */
    retiresOn: z.string().nullable(),
    daysLeft: z.int().nullable(),
    lastAnsweredAt: time.nullable(),
    /** What leads wait for because of the model or its key; null when none does. */
    waitingFor: z.enum(["model_unavailable", "no_key", "key", "model", "quota", "cap"]).nullable(),
  }),
  /** The first-time path in its order; it goes on at the first step that is not done. */
  firstTime: z.array(
    z.object({ key: z.enum(["triggers", "fields", "icp", "dry_run", "switched_on"]), done: z.boolean() }),
  ),
  pipelines: z.array(
    z.object({ id: z.int(), name: z.string(), statuses: z.array(z.object({ id: z.int(), name: z.string() })) }),
  ),
  stuck: z.object({
    deadDeliveries: z.int(),
    quarantinedDeliveries: z.int(),
    deadWork: z.int(),
    deadWrites: z.int(),
    /** What Customer.io has not taken, and addresses of which a person has to decide whose they are. */
    customerio: z.int(),
  }),
  /** What the scans found that no webhook had told of. */
  scans: z.array(z.object({ kind: z.string(), ranAt: time.nullable(), cursorAt: time, healed: z.int() })),
  /** The server's clock. */
  at: time,
});
export type Setup = z.infer<typeof Setup>;

/** Whether the model answers to the operator's key, tried with one very short question. */
export const ModelCheck = z.object({
  ok: z.boolean(),
  /** `other`: see `message`. */
  problem: z.enum(["no_key", "key_refused", "quota", "no_such_model", "unavailable", "other"]).nullable(),
  /** A sentence that says what to do; null when all is well. */
  message: z.string().nullable(),
  model: z.string(),
  retiresOn: z.string().nullable(),
  latencyMs: z.int().nullable(),
  /** Millionths of a dollar; booked like any other call. */
  costMicros: z.int(),
  at: time,
});
export type ModelCheck = z.infer<typeof ModelCheck>;
