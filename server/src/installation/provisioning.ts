import { BuyingStage } from "@dealscope/shared/committee";
import { z } from "zod";

/** The lead fields Dealscope writes. Each is found again by its code, whatever an admin calls it. */
export const leadFields = {
  score: { code: "DEALSCOPE_SCORE", type: "numeric", name: "Dealscope score" },
  segment: { code: "DEALSCOPE_SEGMENT", type: "select", name: "Dealscope segment" },
  summary: { code: "DEALSCOPE_SUMMARY", type: "textarea", name: "Dealscope summary" },
  nextAction: { code: "DEALSCOPE_NEXT_ACTION", type: "textarea", name: "Dealscope next action" },
} as const;

export type LeadField = keyof typeof leadFields;

/**
 * By this field we find again what we have made ourselves: Kommo keeps no key of a request. Of leads and companies only
 * where forms are taken in.
 */
export const referenceField = { code: "DEALSCOPE_REFERENCE", type: "text", name: "Dealscope reference" } as const;

export const REFERENCED = ["leads", "contacts", "companies"] as const;

/** What we made in the account, kept with it. Every part may be missing: provisioning is resumed where it stopped. */
export const provisioned = z.object({
  fields: z.partialRecord(z.enum(["score", "segment", "summary", "nextAction"]), z.number().int()).default({}),
  /** There is a field with our code, but of another type. */
  wrongTypes: z.array(z.enum(["score", "segment", "summary", "nextAction"])).default([]),
  /** Enum ids of the segment field by segment key. */
  segments: z.record(z.string(), z.number().int()).default({}),
  /**
   * Of contacts: the role in the purchase, the reference by which a contact of ours is found again, and the numbers that
   * an admin has mapped.
   */
  contactFields: z.partialRecord(z.enum(["role", "reference", "weight", "probability"]), z.number().int()).default({}),
  /** Of contacts in accounts that hear of mails: whether mail reaches them. */
  emailStatusField: z.number().int().nullable().default(null),
  /** Enum ids of the contacts' role field by role key. */
  roles: z.record(z.string(), z.number().int()).default({}),
  /** The list of stakeholders, where the account wants one. */
  list: z
    .object({
      id: z.number().int(),
      fields: z.object({
        role: z.number().int(),
        approval: z.number().int(),
        lastTouch: z.number().int(),
        reference: z.number().int(),
      }),
      /** Enum ids by role key, and by approval. */
      roles: z.record(z.string(), z.number().int()),
      approvals: z.record(z.string(), z.number().int()),
    })
    .nullable()
    .default(null),
  /** By which roles and numbers contacts and elements were written last. */
  mirroredBy: z.string().nullable().default(null),
  /** What carries the reference field, as forms need it. */
  references: z.array(z.enum(REFERENCED)).default([]),
  /** Whether contacts have Kommo's own field for a job title, which an admin may have deleted. */
  hasPosition: z.boolean().default(true),
  /** Two letters, as Kommo tells it. */
  country: z.string().nullable().default(null),
  webhook: z
    .object({ state: z.enum(["subscribed", "unavailable"]), why: z.string().nullable(), checkedAt: z.string() })
    .nullable()
    .default(null),
  pipelines: z
    .array(
      z.object({
        id: z.number(),
        name: z.string(),
        isMain: z.boolean().default(false),
        statuses: z.array(z.object({ id: z.number(), name: z.string(), incoming: z.boolean() })),
      }),
    )
    .default([]),
  /** The leads' custom fields; null until they were looked at. */
  leadFields: z
    .array(z.object({ id: z.number(), name: z.string() }))
    .nullable()
    .default(null),
  /** As `leadFields`, of contacts; a type as Kommo calls it. */
  fieldsOfContacts: z
    .array(z.object({ id: z.number(), name: z.string(), type: z.string() }))
    .nullable()
    .default(null),
  /** What the grant says it may do; null when it does not say. */
  scopes: z.array(z.string()).nullable().default(null),
  chatHistory: z
    .object({ state: z.enum(["available", "no_scope", "no_plan", "unknown"]), checkedAt: z.string() })
    .nullable()
    .default(null),
  /** How far Kommo's clock was ahead of ours. */
  clock: z.object({ aheadMs: z.number(), checkedAt: z.string() }).nullable().default(null),
  /** Fields that we have made obligatory for stages, so that we take away no one else's. */
  nativeLock: z
    .object({
      set: z.array(z.object({ fieldId: z.number(), pipelineId: z.number(), statusId: z.number() })),
      problem: z.string().nullable(),
    })
    .default({ set: [], problem: null }),
  /** The pipeline of buying stages, once somebody has asked for it; its stages are buying stages by name. */
  pipelineTemplate: z
    .object({
      pipelineId: z.number().nullable(),
      stages: z.array(z.object({ statusId: z.number(), buyingStage: BuyingStage })),
      problem: z.string().nullable(),
    })
    .nullable()
    .default(null),
  problems: z.array(z.string()).default([]),
  completedAt: z.string().nullable().default(null),
});
export type Provisioned = z.output<typeof provisioned>;

/** What the product must listen to. Sent whole each time: whether Kommo merges or replaces is not known. */
export const subscriptions = [
  "add_lead",
  "update_lead",
  "delete_lead",
  "restore_lead",
  "status_lead",
  "responsible_lead",
  "note_lead",
  "add_contact",
  "update_contact",
  "delete_contact",
  "restore_contact",
  "add_talk",
  "add_message",
] as const;

/**
 * Not every account is known to have these. Without them incoming leads and our own side's words are found by the scan,
 * a little later.
 */
export const optionalSubscriptions = ["add_outgoing_message", "add_unsorted"] as const;
