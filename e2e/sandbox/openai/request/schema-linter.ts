import { isObject, type Json } from "../json.ts";

const LIMITS = {
  properties: 5000,
  depth: 10,
  characters: 120_000,
  enumValues: 1000,
  longEnum: 250,
  longEnumCharacters: 15_000,
};
const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
const FORMATS = new Set(["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]);
const ALLOWED = new Set([
  ...["type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs"],
  ...[
    "definitions",
    "title",
    "description",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
  ],
  ...["pattern", "format", "minItems", "maxItems", "$schema"],
]);
/** The API refused these in 2025; whether it does today is not known. */
const UNCERTAIN = new Set(["minLength", "maxLength", "default"]);

interface Tally {
  properties: number;
  characters: number;
  enumValues: number;
}

/**
 * What the strict subset of JSON Schema refuses, in one sentence; null when the schema is fine.
 * @param lenient lets the keywords pass whose refusal is uncertain: `minLength`, `maxLength`, `default`.
 */
export function lintSchema(schema: unknown, lenient = false): string | null {
  const tally: Tally = { properties: 0, characters: 0, enumValues: 0 };
  try {
    if (!isObject(schema)) throw complaint([], "schema must be a JSON Schema object");
    if (schema.anyOf !== undefined || schema.type !== "object") {
      throw complaint(
        [],
        `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(schema.type ?? "None")}"'`,
      );
    }
    lint(schema, { root: schema, path: [], depth: 1, lenient, tally });
    if (tally.properties > LIMITS.properties) throw complaint([], `more than ${LIMITS.properties} properties`);
    if (tally.characters > LIMITS.characters) throw complaint([], `more than ${LIMITS.characters} characters in names`);
    if (tally.enumValues > LIMITS.enumValues) throw complaint([], `more than ${LIMITS.enumValues} enum values`);
    return null;
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    throw error;
  }
}

class Complaint extends Error {}

function complaint(path: readonly string[], problem: string): Complaint {
  return new Complaint(`In context=(${path.map((step) => `'${step}'`).join(", ")}), ${problem}.`);
}

interface Place {
  root: Json;
  path: readonly string[];
  depth: number;
  lenient: boolean;
  tally: Tally;
}

function lint(schema: unknown, place: Place): void {
  const { path, lenient } = place;
  if (!isObject(schema)) throw complaint(path, "schema must be an object");
  for (const keyword of Object.keys(schema)) {
    if (ALLOWED.has(keyword) || (lenient && UNCERTAIN.has(keyword))) continue;
    throw complaint(path, `'${keyword}' is not permitted`);
  }
  const into = (child: unknown, ...steps: string[]) => lint(child, { ...place, path: [...path, ...steps] });

  for (const [name, definition] of Object.entries(asObject(schema.$defs ?? schema.definitions)))
    into(definition, "$defs", name);
  if (schema.$ref !== undefined) {
    lintReference(schema.$ref, place);
    return;
  }
  if (Array.isArray(schema.anyOf)) {
    for (const [index, option] of schema.anyOf.entries()) into(option, "anyOf", String(index));
  } else if (schema.type === undefined && schema.enum === undefined && schema.const === undefined) {
    throw complaint(path, "schema must have a 'type' key");
  }
  const types = [schema.type ?? []].flat();
  for (const type of types) if (!TYPES.has(String(type))) throw complaint(path, `'${String(type)}' is not a type`);
  if (schema.format !== undefined && !FORMATS.has(String(schema.format))) {
    throw complaint(path, `'${String(schema.format)}' is not a permitted format`);
  }
  lintValues(schema, place);
  if (types.includes("object")) lintObject(schema, place);
  if (types.includes("array")) {
    if (schema.items === undefined) throw complaint(path, "array schema missing items");
    lint(schema.items, { ...place, path: [...path, "items"], depth: deeper(place) });
  }
}

function lintObject(schema: Json, place: Place): void {
  const properties = asObject(schema.properties);
  const names = Object.keys(properties);
  if (schema.additionalProperties !== false) {
    throw complaint(place.path, "'additionalProperties' is required to be supplied and to be false");
  }
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const forgotten = names.find((name) => !required.includes(name));
  const unknown = required.find((name) => !names.includes(String(name)));
  if (forgotten ?? unknown ?? schema.required === undefined) {
    throw complaint(
      place.path,
      `'required' is required to be supplied and to be an array including every key in properties${
        forgotten ? `. Missing '${forgotten}'` : ""
      }${unknown ? `. Extra required key '${String(unknown)}' supplied` : ""}`,
    );
  }
  place.tally.properties += names.length;
  place.tally.characters += names.join("").length;
  for (const name of names) {
    lint(properties[name], { ...place, path: [...place.path, "properties", name], depth: deeper(place) });
  }
}

function lintValues(schema: Json, { path, tally }: Place): void {
  const values = Array.isArray(schema.enum) ? schema.enum : schema.enum === undefined ? [] : null;
  if (values === null || (schema.enum !== undefined && values.length === 0)) {
    throw complaint(path, "'enum' must be a non-empty array");
  }
  const characters = values.map(String).join("").length;
  if (values.length > LIMITS.longEnum && characters > LIMITS.longEnumCharacters) {
    throw complaint(
      path,
      `an enum of more than ${LIMITS.longEnum} values has more than ${LIMITS.longEnumCharacters} characters`,
    );
  }
  tally.enumValues += values.length;
  tally.characters += characters + (schema.const === undefined ? 0 : String(schema.const).length);
}

function lintReference(reference: unknown, { root, path }: Place): void {
  if (resolve(root, reference) === undefined)
    throw complaint(path, `reference '${String(reference)}' cannot be resolved`);
}

/** The schema that `#` or `#/$defs/name` names; undefined when there is none. */
export function resolve(root: Json, reference: unknown): Json | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
  let found: unknown = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) found = asObject(found)[step];
  return isObject(found) ? found : undefined;
}

function deeper({ depth, path }: Place): number {
  if (depth >= LIMITS.depth) throw complaint(path, `more than ${LIMITS.depth} levels of nesting`);
  return depth + 1;
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}
