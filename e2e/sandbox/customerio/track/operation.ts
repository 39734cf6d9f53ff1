import { z } from "zod";
import type { Refusal } from "./refusal.ts";

const text = z.union([z.string(), z.number()]).transform(String);
const attributes = z.record(z.string(), z.unknown()).default({});
const timestamp = z.int().optional();

const personIdentifiers = z
  .strictObject({ id: text.optional(), email: text.optional(), phone: text.optional(), cio_id: text.optional() })
  .refine((given) => Object.values(given).filter((value) => value !== undefined && value !== "").length === 1, {
    message: "exactly one identifier is required",
  });

const objectIdentifiers = z.union([
  z.strictObject({ object_type_id: text, object_id: text }),
  z.strictObject({ cio_object_id: text }),
]);

const toObjects = z
  .array(z.object({ identifiers: objectIdentifiers, relationship_attributes: attributes }))
  .default([]);
const toPeople = z.array(z.object({ identifiers: personIdentifiers, relationship_attributes: attributes })).default([]);
/** Of people who have only visited so far; the stand-in does not follow visitors. */
const toVisitors = z.array(z.looseObject({ identifiers: z.looseObject({ anonymous_id: text }) })).default([]);

function person<const Action extends string, Shape extends z.ZodRawShape>(action: Action, shape: Shape) {
  return z.object({
    type: z.literal("person"),
    action: z.literal(action),
    identifiers: personIdentifiers,
    ...shape,
  });
}

function object<const Action extends string, Shape extends z.ZodRawShape>(action: Action, shape: Shape) {
  return z.object({
    type: z.literal("object"),
    action: z.literal(action),
    identifiers: objectIdentifiers,
    ...shape,
  });
}

const event = { name: z.string().trim().min(1), id: z.string().optional(), timestamp, attributes };

const personOperation = z.discriminatedUnion("action", [
  person("identify", { timestamp, attributes, cio_relationships: toObjects }),
  person("event", event),
  person("page", event),
  person("screen", event),
  person("delete", {}),
  person("suppress", {}),
  person("unsuppress", {}),
  person("add_relationships", { cio_relationships: toObjects }),
  person("delete_relationships", { cio_relationships: toObjects }),
  person("add_device", { device: z.looseObject({ token: text, platform: z.string() }) }),
  person("delete_device", { device: z.looseObject({ token: text }) }),
  z.object({
    type: z.literal("person"),
    action: z.literal("merge"),
    primary: personIdentifiers,
    secondary: personIdentifiers,
  }),
]);

const objectOperation = z.discriminatedUnion("action", [
  object("identify", { attributes, cio_relationships: toPeople }),
  object("identify_anonymous", { attributes, cio_relationships: toVisitors }),
  object("delete", {}),
  object("add_relationships", { cio_relationships: toPeople }),
  object("delete_relationships", { cio_relationships: toPeople }),
]);

const deliveryOperation = z.looseObject({ type: z.literal("delivery"), action: z.literal("event") });

const operation = z.discriminatedUnion("type", [personOperation, objectOperation, deliveryOperation]);

export type PersonOperation = z.output<typeof personOperation>;
export type ObjectOperation = z.output<typeof objectOperation>;
export type Operation = z.output<typeof operation>;
export type ObjectIdentifiers = z.output<typeof objectIdentifiers>;

export function readOperation(body: unknown): { operation: Operation } | { refusals: Refusal[] } {
  const read = operation.safeParse(body);
  return read.success ? { operation: read.data } : { refusals: read.error.issues.map((issue) => refusalOf(issue)) };
}

function refusalOf(issue: z.core.$ZodIssue): Refusal {
  const missing =
    issue.code === "invalid_type" && issue.input === undefined && /received undefined/.test(issue.message);
  return { reason: missing ? "required" : "invalid", field: issue.path.join("."), message: issue.message };
}
