import { z } from "zod";

// What we read of Kommo's objects. Anything else they carry is left where it is.

const id = z.number().int();
const seconds = z
  .number()
  .nullish()
  .transform((s) => (s ? new Date(s * 1000) : null));
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

export const fieldValue = z.object({
  field_id: id,
  field_name: z.string().nullish(),
  field_code: z.string().nullish(),
  field_type: z.string().nullish(),
  values: listOf(z.object({ value: z.unknown(), enum_id: id.nullish(), enum_code: z.string().nullish() })),
});
export type FieldValue = z.output<typeof fieldValue>;

export const lead = z.object({
  id,
  name: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  price: z
    .number()
    .nullish()
    .transform((n) => n ?? 0),
  price_with_minor_units: z.number().nullish(),
  /** Kommo says 0 of deals that are nobody's. */
  responsible_user_id: id.nullish().transform((user) => user || null),
  group_id: id.nullish(),
  status_id: id,
  pipeline_id: id,
  created_at: seconds,
  updated_at: seconds,
  closed_at: seconds,
  is_deleted: z.boolean().nullish(),
  custom_fields_values: listOf(fieldValue),
  _embedded: z
    .object({
      tags: listOf(z.object({ id, name: z.string() })),
      contacts: listOf(z.object({ id, is_main: z.boolean().nullish() })),
      companies: listOf(z.object({ id })),
      catalog_elements: listOf(z.object({ id })),
      source: z.object({ name: z.string().nullish() }).nullish().catch(null),
    })
    .prefault({}),
});
export type Lead = z.output<typeof lead>;

export const contact = z.object({
  id,
  name: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  created_at: seconds,
  updated_at: seconds,
  is_deleted: z.boolean().nullish(),
  custom_fields_values: listOf(fieldValue),
  _embedded: z.object({ companies: listOf(z.object({ id })), leads: listOf(z.object({ id })) }).prefault({}),
});
export type Contact = z.output<typeof contact>;

export const company = z.object({
  id,
  name: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  created_at: seconds,
  is_deleted: z.boolean().nullish(),
  custom_fields_values: listOf(fieldValue),
});
export type Company = z.output<typeof company>;

/** A list; Kommo's API calls it a catalog. */
export const list = z.object({ id, name: z.string(), can_link_multiple: z.boolean().nullish() });
export type List = z.output<typeof list>;

export const element = z.object({
  id,
  name: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  updated_at: seconds,
  is_deleted: z.boolean().nullish(),
  custom_fields_values: listOf(fieldValue),
});
export type Element = z.output<typeof element>;

export const account = z.object({
  id,
  name: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  subdomain: z.string(),
  language: z
    .string()
    .nullish()
    .transform((s) => s ?? "en"),
  currency: z
    .string()
    .nullish()
    .transform((s) => s ?? "USD"),
  country: z
    .string()
    .nullish()
    .transform((s) => s ?? null),
  current_user_id: id,
  _embedded: z.object({ datetime_settings: z.object({ timezone: z.string() }).nullish() }).prefault({}),
});

export const user = z.object({
  id,
  name: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  email: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  rights: z.object({
    is_admin: z.boolean(),
    is_active: z.boolean(),
    group_id: id.nullish(),
    leads: z.object({ view: z.string(), edit: z.string() }).nullish(),
    status_rights: z
      .array(
        z.object({
          entity_type: z.string(),
          pipeline_id: id,
          status_id: id,
          rights: z.object({ view: z.string().nullish(), edit: z.string().nullish() }),
        }),
      )
      .nullish()
      .catch(null),
  }),
});
export type User = z.output<typeof user>;

export const pipeline = z.object({
  id,
  name: z.string(),
  is_main: z.boolean().nullish(),
  is_archive: z.boolean().nullish(),
  _embedded: z.object({
    statuses: z.array(z.object({ id, name: z.string(), sort: z.number(), type: z.number().nullish() })),
  }),
});
export type Pipeline = z.output<typeof pipeline>;

export const customField = z.object({
  id,
  name: z.string(),
  code: z.string().nullish(),
  type: z.string(),
  is_api_only: z.boolean().nullish(),
  enums: listOf(z.object({ id, value: z.string(), code: z.string().nullish() })),
  /** Stages that Kommo's own interface lets no lead enter without a value. */
  required_statuses: listOf(z.object({ pipeline_id: id, status_id: id })).catch([]),
});
export type CustomField = z.output<typeof customField>;

export const webhook = z.object({
  id,
  destination: z.string(),
  disabled: z.boolean().nullish(),
  settings: z.array(z.string()),
});

export const note = z.object({
  id,
  entity_id: id,
  note_type: z.string(),
  created_by: id.nullish(),
  created_at: seconds,
  updated_at: seconds,
  params: z.object({ text: z.string().nullish() }).nullish().catch(null),
});
export type Note = z.output<typeof note>;

export const task = z.object({
  id,
  entity_id: id.nullish(),
  text: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  is_completed: z.boolean(),
  responsible_user_id: id.nullish(),
});

export const event = z.object({
  id: z.string(),
  type: z.string(),
  entity_id: id,
  entity_type: z.string(),
  created_by: id.nullish(),
  created_at: z.number().transform((s) => new Date(s * 1000)),
  value_after: z.array(z.record(z.string(), z.unknown())).nullish().catch([]),
  value_before: z.array(z.record(z.string(), z.unknown())).nullish().catch([]),
});
export type Event = z.output<typeof event>;

export const talk = z.object({
  talk_id: id,
  contact_id: id.nullish(),
  entity_id: id.nullish(),
  created_at: seconds,
  updated_at: seconds,
});

export type Talk = z.output<typeof talk>;

export const message = z.object({
  id: z.string(),
  type: z.enum(["incoming", "outgoing"]),
  text: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  created_at: z.number().transform((s) => new Date(s * 1000)),
  origin: z
    .string()
    .nullish()
    .transform((s) => s ?? ""),
  author: z.object({ name: z.string().nullish() }).nullish(),
});

export type Message = z.output<typeof message>;

export const created = z.object({ id, request_id: z.union([z.string(), z.number()]).transform(String).optional() });
/** What `leads/complex` has made of one item; its request ids come as a list. */
export const madeComplex = z.object({
  id,
  contact_id: id.nullish(),
  company_id: id.nullish(),
});
export type MadeComplex = z.output<typeof madeComplex>;

export const updated = z.object({ id, updated_at: seconds });
