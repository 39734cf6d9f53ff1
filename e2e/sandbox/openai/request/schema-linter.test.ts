import { describe, expect, test } from "vitest";
import { LEAD_SCHEMA } from "../sample-request.ts";
import { lintSchema } from "./schema-linter.ts";

/** A schema with the single property `x`. */
const withX = (x: unknown, rest: object = {}) => ({
  type: "object",
  properties: { x },
  required: ["x"],
  additionalProperties: false,
  ...rest,
});

function nested(levels: number): object {
  return levels === 0 ? { type: "string" } : withX(nested(levels - 1));
}

test("the schema of a lead is fine", () => {
  expect(lintSchema(LEAD_SCHEMA)).toBeNull();
});

test.each<[string, unknown]>([
  ["bounds and multiples", { type: "integer", minimum: 0, exclusiveMaximum: 10, multipleOf: 5 }],
  ["patterns and known formats", { type: "string", pattern: "^a", format: "date" }],
  [
    "enums, constants and nullable types",
    { anyOf: [{ enum: ["a", null] }, { const: 1 }, { type: ["string", "null"] }] },
  ],
  ["lists of bounded length", { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 }],
  ["ten levels", nested(8)],
])("%s are accepted", (_, x) => {
  expect(lintSchema(withX(x))).toBeNull();
});

test("a schema may refer to itself", () => {
  expect(lintSchema(withX({ anyOf: [{ $ref: "#" }, { type: "null" }] }))).toBeNull();
});

test.each<[string, unknown, string]>([
  ["a union at the root", { anyOf: [withX({ type: "string" })] }, "type: "],
  ["a root that is no object", { type: "array", items: { type: "string" } }, "got 'type: \"array\"'"],
  ["an open object", { ...withX({ type: "string" }), additionalProperties: true }, "'additionalProperties'"],
  ["an optional property", { ...withX({ type: "string" }), required: [] }, "Missing 'x'"],
  ["a required property that is not there", { ...withX({ type: "string" }), required: ["x", "y"] }, "'y'"],
  ["a property without a type", withX({ description: "?" }), "'type'"],
  ["an unknown type", withX({ type: "text" }), "'text'"],
  ["an unknown format", withX({ type: "string", format: "uri" }), "'uri'"],
  ["a list of anything", withX({ type: "array" }), "items"],
  ["an empty enum", withX({ enum: [] }), "'enum'"],
  ["a reference to nothing", withX({ $ref: "#/$defs/y" }), "cannot be resolved"],
  ["a fault inside a definition", withX({ $ref: "#/$defs/y" }, { $defs: { y: { type: "object" } } }), "'$defs', 'y'"],
  ["eleven levels", nested(11), "levels of nesting"],
  ["more than 1000 enum values", withX({ enum: Array.from({ length: 1001 }, (_, i) => i) }), "enum values"],
  [
    "a long enum of long words",
    withX({ enum: Array.from({ length: 251 }, (_, i) => `${i}`.padEnd(60, "x")) }),
    "15000 characters",
  ],
  ["no schema", "string", "JSON Schema object"],
])("%s is refused", (_, schema, complaint) => {
  expect(lintSchema(schema)).toContain(complaint);
});

describe("keywords", () => {
  test.each([
    "allOf",
    "oneOf",
    "not",
    "if",
    "patternProperties",
    "uniqueItems",
    "contains",
    "prefixItems",
    "minProperties",
  ])("%s is not permitted", (keyword) => {
    expect(lintSchema(withX({ type: "string", [keyword]: {} }))).toContain(
      `('properties', 'x'), '${keyword}' is not permitted`,
    );
  });

  test.each(["minLength", "maxLength", "default"])("%s is not permitted unless the switch says so", (keyword) => {
    const schema = withX({ type: "string", [keyword]: 1 });
    expect(lintSchema(schema)).toContain(keyword);
    expect(lintSchema(schema, true)).toBeNull();
  });
});
