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
  /** Whether the operator has set a key; that it works is shown by the calls in the costs. */
  hasModelKey: z.boolean(),
  /**
   * Models in use whose price is not known: the one in force, and those asked in the last 30 days. Their calls count at the
   * dearest price known, so the costs shown are too high rather than too low.
   */
  unpricedModels: z.array(z.string()),
  pipelines: z.array(
    z.object({ id: z.int(), name: z.string(), statuses: z.array(z.object({ id: z.int(), name: z.string() })) }),
  ),
  stuck: z.object({
    deadDeliveries: z.int(),
    quarantinedDeliveries: z.int(),
    deadWork: z.int(),
    deadWrites: z.int(),
  }),
  /** What the scans found that no webhook had told of. */
  scans: z.array(z.object({ kind: z.string(), ranAt: time.nullable(), cursorAt: time, healed: z.int() })),
  /** The server's clock. */
  at: time,
});
export type Setup = z.infer<typeof Setup>;
