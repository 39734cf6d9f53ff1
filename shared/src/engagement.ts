import { z } from "zod";
import { StageRef } from "./stage-ref.ts";

const id = z.int().positive();
const words = (thing: string, max: number) =>
  z.string().trim().min(1, `${thing} must not be empty.`).max(max, `${thing} may have at most ${max} characters.`);

/** Attributes that mean something to Customer.io itself: a mapped field would re-label, subscribe or split people. */
const RESERVED = [
  ...["id", "email", "phone", "cio_id", "anonymous_id", "created_at", "timestamp", "unsubscribed", "relationships"],
  ...["cio_relationships", "cio_subscription_preferences", "identifiers"],
];
/** In the data of an event these change where a campaign's mail goes. */
const DANGEROUS = ["recipient", "from_address", "reply_to", "to", "bcc"];

const bytes = (text: string) => new TextEncoder().encode(text).length;

/** A refusal that pages say in their own words: `reason` becomes the code of its issue. */
const refusing = (message: string, reason: RefusedName) => ({ message, params: { reason } });
export type RefusedName = "underscore" | "characters" | "reserved" | "dangerous" | "twice" | "own" | "placeholder";

/** How a Kommo field is called in Customer.io. */
export const AttributeName = z
  .string()
  .trim()
  .min(1, "An attribute needs a name.")
  .refine((name) => bytes(name) <= 150, "The name of an attribute may have at most 150 bytes.")
  .refine(
    (name) => !name.startsWith("_"),
    refusing("Customer.io keeps names that start with an underscore for itself.", "underscore"),
  )
  .refine(
    (name) => !/[\s.[\]{}"'|]/.test(name),
    refusing("The name of an attribute may not have blanks, dots, quotes or brackets.", "characters"),
  )
  .refine(
    (name) => !RESERVED.includes(name.toLowerCase()) && !name.toLowerCase().startsWith("cio_"),
    refusing("This name means something to Customer.io itself. Choose another one.", "reserved"),
  )
  .refine(
    (name) => !DANGEROUS.includes(name.toLowerCase()),
    refusing("In an event this name would change to whom a campaign writes. Choose another one.", "dangerous"),
  );
export type AttributeName = z.infer<typeof AttributeName>;

/** How the value is sent: dates as unix seconds, because Customer.io compares nothing else in time. */
export const AttributeType = z.enum(["text", "number", "boolean", "date"], "Choose text, number, boolean or date.");
export type AttributeType = z.infer<typeof AttributeType>;

/** One Kommo field as an attribute. A contact's becomes the person's as it is, a lead's gets the prefix. */
export const FieldMapping = z.object({
  entity: z.enum(["lead", "contact"]),
  fieldId: id,
  attribute: AttributeName,
  type: AttributeType,
});
export type FieldMapping = z.infer<typeof FieldMapping>;

/** Whom of a deal's people its changes are told of. */
export const SpeaksFor = z.discriminatedUnion("who", [
  z.object({ who: z.literal("main") }),
  z.object({ who: z.literal("all") }),
  z.object({ who: z.literal("roles"), roles: z.array(z.string()).min(1, "Choose at least one role.").max(20) }),
]);
export type SpeaksFor = z.infer<typeof SpeaksFor>;

/** By what a person is known in Customer.io; a field is a contact's and holds the workspace's own `id`. */
export const PersonIdentifier = z.discriminatedUnion("by", [
  z.object({ by: z.literal("email") }),
  z.object({ by: z.literal("field"), fieldId: id }),
]);
export type PersonIdentifier = z.infer<typeof PersonIdentifier>;

export const OUR_EVENTS = ["deal_created", "deal_stage_changed", "deal_won", "deal_lost", "lead_qualified"] as const;
export type OurEvent = (typeof OUR_EVENTS)[number];

/** What a template may name, by the effect it belongs to. */
export const PLACEHOLDERS = {
  note: ["person", "subject", "campaign", "opens", "last", "clicks"],
  call: ["person", "opens", "hours", "list"],
  unsubscribe: ["person", "address", "subject", "campaign", "at"],
  address: ["person", "address", "state", "reason", "at"],
} as const;
export type TemplateKind = keyof typeof PLACEHOLDERS;

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** A text with `{{names}}` that are filled in. */
const template = (kind: TemplateKind) =>
  words("The text", 500).refine(
    (text) =>
      [...text.matchAll(PLACEHOLDER)].every(([, name]) => (PLACEHOLDERS[kind] as readonly string[]).includes(name!)),
    refusing(`The text may name ${PLACEHOLDERS[kind].map((name) => `{{${name}}}`).join(", ")} only.`, "placeholder"),
  );

/** Fills in a template; a name that is not known is left out. */
export function fillIn(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(PLACEHOLDER, (_, name: string) => String(values[name] ?? ""));
}

const minutes = z
  .int("The deadline must be a whole number of minutes.")
  .min(5, "A task is due after 5 minutes at the earliest.")
  .max(43_200, "A task is due after 30 days at the latest.");

const DEFAULT_TEXTS: Record<TemplateKind, string> = {
  note: "{{person}}: “{{subject}}” opened {{opens}}×, last {{last}}. {{clicks}}",
  call: "Call {{person}}: opened our mails {{opens}}× within {{hours}} hours.\n{{list}}",
  unsubscribe: "{{person}} ({{address}}) has unsubscribed from our mails, {{at}}.",
  address: "Mail to {{person}} ({{address}}) does not arrive: {{state}}. {{reason}}",
};

/** What the reading of mails does in Kommo. */
export const EngagementEffects = z.object({
  /**
   * Whether an open that came through a proxy is a person's. Gmail fetches so for all its readers, and others before anybody
   * reads; by itself it proves neither.
   */
  proxiedCounts: z.boolean().default(false),
  /** One note a mail, rewritten as more happens. */
  notes: z.object({ isOn: z.boolean().default(true), text: template("note").default(DEFAULT_TEXTS.note) }).prefault({}),
  /** A task to call when so many human opens fall in any so many hours. */
  call: z
    .object({
      isOn: z.boolean().default(true),
      opens: z
        .int()
        .min(1, "At least one open must be asked for.")
        .max(50, "At most 50 opens can be asked for.")
        .default(3),
      hours: z.int().min(1, "The window is an hour at least.").max(720, "The window is 30 days at most.").default(48),
      /** How many opens a click is worth; 0: clicks do not count. */
      clickCounts: z
        .int()
        .min(0, "A click cannot count less than nothing.")
        .max(50, "A click is worth 50 opens at most.")
        .default(1),
      /** After a task, so long none for the same deal. */
      coolDownHours: z
        .int()
        .min(1, "The pause is an hour at least.")
        .max(2_160, "The pause is 90 days at most.")
        .default(72),
      minutes: minutes.default(120),
      text: template("call").default(DEFAULT_TEXTS.call),
    })
    .prefault({}),
  unsubscribe: z
    .object({
      note: z.boolean().default(true),
      text: template("unsubscribe").default(DEFAULT_TEXTS.unsubscribe),
      /** A task for the responsible user, with the same text. */
      task: z.boolean().default(false),
      minutes: minutes.default(1_440),
      moveTo: StageRef.nullable().default(null),
    })
    .prefault({}),
  /** Bounced, or reported as spam: the contact's own field says so. */
  address: z
    .object({
      mark: z.boolean().default(true),
      note: z.boolean().default(true),
      text: template("address").default(DEFAULT_TEXTS.address),
    })
    .prefault({}),
});
export type EngagementEffects = z.infer<typeof EngagementEffects>;

/** What goes to Customer.io and what its news do. The keys are no part of it: see `customerio.ts`. */
export const EngagementSettings = z
  .object({
    /** Whether deals are told of; what comes back is heard as soon as there is a webhook. */
    isOn: z.boolean().default(false),
    speaksFor: SpeaksFor.default({ who: "main" }),
    identifier: PersonIdentifier.default({ by: "email" }),
    /** Before the attributes of the deal that a person speaks for: `deal_stage`. */
    prefix: z
      .string()
      .regex(
        /^[a-z][a-z0-9_]{0,19}$/,
        "The prefix must start with a letter and have up to 20 lower-case letters, digits or underscores.",
      )
      .default("deal_"),
    fields: z.array(FieldMapping).max(50, "At most 50 fields can be mapped.").default([]),
    events: z.array(z.enum(OUR_EVENTS)).default([...OUR_EVENTS]),
    /** Whether what the scan finds later than an hour after it happened starts campaigns, too. */
    lateEvents: z.boolean().default(false),
    /** Deals as objects of this type; null: the workspace has none. */
    objectTypeId: z
      .string()
      .regex(/^\d{1,9}$/, "The id of an object type is a number.")
      .nullable()
      .default(null),
    /** A contact's checkbox: ticked by an unsubscription, and whoever is ticked in Kommo is unsubscribed in Customer.io. */
    optOutFieldId: id.nullable().default(null),
    effects: EngagementEffects.prefault({}),
  })
  .superRefine(({ fields, prefix }, context) => {
    const names = fields.map(({ entity, attribute }) => (entity === "lead" ? `${prefix}${attribute}` : attribute));
    names.forEach((name, place) => {
      const refuse = (message: string, reason: RefusedName) =>
        context.addIssue({ code: "custom", path: ["fields", place, "attribute"], ...refusing(message, reason) });
      if (names.indexOf(name) !== place)
        refuse(`Two fields are sent as ${name}. Give each a name of its own.`, "twice");
      else if (
        OWN_ATTRIBUTES.some((own) => name === `${prefix}${own}`) ||
        PERSON_ATTRIBUTES.includes(name as PersonAttribute)
      )
        refuse(`Dealscope sends an attribute ${name} itself. Choose another name.`, "own");
      else if (!AttributeName.safeParse(name).success)
        refuse(`As ${name} it would mean something to Customer.io itself. Choose another name.`, "reserved");
    });
    if (OWN_ATTRIBUTES.some((own) => !AttributeName.safeParse(`${prefix}${own}`).success)) {
      const message = "Attributes with this prefix would mean something to Customer.io itself. Choose another one.";
      context.addIssue({ code: "custom", path: ["prefix"], ...refusing(message, "reserved") });
    }
  });
export type EngagementSettings = z.infer<typeof EngagementSettings>;

/** What is sent of the chosen deal, each under the prefix. */
export const OWN_ATTRIBUTES = [
  ...(["id", "name", "stage", "stage_id", "pipeline", "pipeline_id", "status", "price", "currency", "owner"] as const),
  ...(["created_at", "updated_at", "role", "segment", "score"] as const),
] as const;

/** What is sent of a person beside it. */
export const PERSON_ATTRIBUTES = [
  "name",
  "kommo_contact_id",
  "deals_open",
  "deals_won",
  "deals_lost",
  "deals_won_value",
] as const;
type PersonAttribute = (typeof PERSON_ATTRIBUTES)[number];
