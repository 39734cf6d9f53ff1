import { isObject, type Json } from "../json.ts";
import { resolve } from "../request/schema-linter.ts";
import { NOTHING_SAID } from "./evidence.ts";
import { type Judgement, segmentFor } from "./judgement.ts";

const LEVEL = /^(?:level|rating|grade)$/i;
const QUOTE = /^(?:quote|evidence|excerpt|verbatim|proof)s?$/i;
const DEEPEST = 8;

/** Where in the answer a value stands. */
interface Place {
  root: Json;
  name: string;
  /** The criterion this value belongs to; null outside of criteria. */
  criterion: string | null;
  depth: number;
  rules: string;
  judgement: Judgement;
}

/** An answer in the form of a strict schema: properties with known names get what the judgement says, others a valid value. */
export function fillSchema(schema: Json, rules: string, judgement: Judgement): unknown {
  return fill(schema, { root: schema, name: "", criterion: null, depth: 0, rules, judgement });
}

/** The criteria a schema asks about: the names of objects that have a level, or the values of a key beside a level. */
export function criteriaIn(schema: Json): string[] {
  const found = new Set<string>();
  const walk = (node: Json, name: string, depth: number): void => {
    const here = deref(schema, node);
    const properties = propertiesOf(here);
    if (Object.keys(properties).some((property) => LEVEL.test(property))) {
      const keys = keysOf(properties);
      for (const key of keys ?? [name]) if (key !== "") found.add(key);
    }
    if (depth > DEEPEST) return;
    for (const [property, child] of Object.entries(properties)) walk(child, property, depth + 1);
    for (const option of optionsOf(here)) walk(option, name, depth + 1);
    if (isObject(here.items)) walk(here.items, "", depth + 1);
  };
  walk(schema, "", 0);
  return [...found];
}

function fill(given: Json, place: Place): unknown {
  const schema = deref(place.root, given);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return fillEnum(schema.enum, place);
  const options = optionsOf(schema);
  if (options.length > 0) return fillOption(options, place);
  const types = [schema.type].flat();
  if (types.includes("null") && wanted(place) === null) return null;
  switch (types.find((type) => type !== "null")) {
    case "object":
      return fillObject(schema, place);
    case "array":
      return fillArray(schema, place);
    case "string":
      return fillString(schema, place);
    case "integer":
    case "number":
      return fillNumber(schema, place, types.includes("integer"));
    case "boolean":
      return /spam|junk/i.test(place.name) ? place.judgement.band === "spam" : place.judgement.band !== "unknown";
  }
  return null;
}

/** What the judgement says about a property of this name; undefined when it says nothing, null when it says "unknown". */
function wanted({ name, criterion, judgement }: Place): string | number | null | undefined {
  const finding = criterion === null ? undefined : (judgement.findings.get(criterion) ?? NOTHING_SAID);
  if (finding && LEVEL.test(name)) return finding.level;
  if (finding && QUOTE.test(name)) return finding.quote;
  switch (name.toLowerCase().replace(/[^a-z]/g, "")) {
    case "summary":
      return judgement.summary;
    case "nextaction":
    case "nextstep":
      return judgement.nextAction;
    case "question":
      return judgement.question;
    case "language":
      return judgement.language;
    case "score":
      return judgement.score;
  }
  return undefined;
}

function fillObject(schema: Json, place: Place): Json {
  const properties = propertiesOf(schema);
  const isCriterion = Object.keys(properties).some((property) => LEVEL.test(property));
  const criterion = isCriterion ? (place.criterion ?? place.name) : place.criterion;
  const entries = Object.entries(properties).map(([name, child]): [string, unknown] => [
    name,
    fill(child, { ...place, name, criterion, depth: place.depth + 1 }),
  ]);
  return Object.fromEntries(entries);
}

function fillArray(schema: Json, place: Place): unknown[] {
  const items = isObject(schema.items) ? schema.items : {};
  const least = typeof schema.minItems === "number" ? schema.minItems : 0;
  const most = typeof schema.maxItems === "number" ? schema.maxItems : Number.POSITIVE_INFINITY;
  const properties = propertiesOf(deref(place.root, items));
  const keys = Object.keys(properties).some((property) => LEVEL.test(property)) ? keysOf(properties) : null;
  const findings = keys ?? quotedCriteria(place, deref(place.root, items));
  const filled = findings
    .slice(0, most)
    .map((criterion) => fill(items, { ...place, name: keys ? "" : place.name, criterion, depth: place.depth + 1 }));
  while (filled.length < least) filled.push(fill(items, { ...place, name: "", depth: place.depth + 1 }));
  return filled;
}

/** A list of plain texts named `quotes` or `evidence` gets one for each criterion that has one. */
function quotedCriteria({ name, judgement }: Place, items: Json): string[] {
  if (!QUOTE.test(name) || items.type !== "string") return [];
  return [...judgement.findings].flatMap(([criterion, { quote }]) => (quote === null ? [] : [criterion]));
}

function fillEnum(values: readonly unknown[], place: Place): unknown {
  if (place.criterion !== null && values.includes(place.criterion)) return place.criterion;
  const want = wanted(place);
  if (want !== undefined && values.includes(want)) return want;
  const texts = values.filter((value) => typeof value === "string");
  return segmentFor(texts, place.rules, place.judgement) ?? values[0];
}

function fillOption(options: readonly Json[], place: Place): unknown {
  const ofNull = options.find((option) => deref(place.root, option).type === "null");
  const others = options.filter((option) => option !== ofNull);
  // A schema that refers to itself ends at the first null it may choose.
  if (ofNull && (wanted(place) === null || place.depth > DEEPEST)) return null;
  return fill((place.depth > DEEPEST ? others.at(-1) : others[0]) ?? ofNull ?? {}, place);
}

const SAMPLES: Record<string, string> = {
  "date-time": "2026-11-21T09:00:00Z",
  time: "09:00:00Z",
  date: "2026-11-21",
  duration: "P1D",
  email: "lead@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uuid: "11111111-1111-4111-8111-111111111111",
};

function fillString(schema: Json, place: Place): string {
  const want = wanted(place);
  const text = typeof want === "string" ? want : want === null ? "" : place.name || "text";
  if (typeof schema.format === "string") return SAMPLES[schema.format] ?? text;
  if (typeof schema.pattern !== "string") return text;
  const pattern = new RegExp(schema.pattern, "u");
  const tries = [
    text,
    ...Object.values(SAMPLES),
    "",
    "a",
    "A",
    "abc",
    "ABC",
    "0",
    "1",
    "12",
    "123",
    "1234",
    "a1",
    "A1",
    "+1",
  ];
  return tries.find((candidate) => pattern.test(candidate)) ?? text;
}

function fillNumber(schema: Json, place: Place, whole: boolean): number {
  const step = typeof schema.multipleOf === "number" ? schema.multipleOf : whole ? 1 : 0;
  const gap = step || 1e-6;
  const min = Math.max(bound(schema.minimum, -Infinity), bound(schema.exclusiveMinimum, -Infinity) + gap);
  const max = Math.min(bound(schema.maximum, Infinity), bound(schema.exclusiveMaximum, Infinity) - gap);
  const want = wanted(place);
  const near = Math.min(max, Math.max(min, typeof want === "number" ? want : 0));
  if (step === 0) return near;
  const multiple = (count: number) => Number((count * step).toPrecision(12));
  const up = multiple(Math.ceil(near / step));
  return up <= max ? up : multiple(Math.floor(near / step));
}

function bound(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

/** The values of the enumeration that names an item, as in `[{key, level, quote}]`. */
function keysOf(properties: Record<string, Json>): string[] | null {
  const key = properties.key ?? properties.criterion ?? properties.name;
  if (!key || !Array.isArray(key.enum)) return null;
  return key.enum.filter((value): value is string => typeof value === "string");
}

function propertiesOf(schema: Json): Record<string, Json> {
  if (!isObject(schema.properties)) return {};
  return Object.fromEntries(
    Object.entries(schema.properties).filter((entry): entry is [string, Json] => isObject(entry[1])),
  );
}

function optionsOf(schema: Json): Json[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject) : [];
}

function deref(root: Json, schema: Json): Json {
  return schema.$ref === undefined ? schema : (resolve(root, schema.$ref) ?? {});
}
