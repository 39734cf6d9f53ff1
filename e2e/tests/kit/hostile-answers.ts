import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { HOSTILE } from "./payloads.ts";

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
  components: { schemas: Record<string, Schema> };
}

const api = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8")) as Document;

/** Texts that are compared, counted with or sent back: nobody can write others into them than the server makes. */
const MADE_BY_SERVER = new Set(
  ["id", "ref", "key", "keyName", "kind", "type", "token", "next", "day", "month", "at", "on", "retiresOn"].concat(
    ...["from", "to", "timezone", "currency", "path", "schema", "developer", "code", "channel", "siteId", "scopes"],
  ),
);

/** For an address, what the server would answer if it knew more than that of a new account. */
type Instead = Record<string, (told: object) => object>;

/**
 * Answers of our API with the payloads behind each text in them that the API's document does not confine to a set or a form.
 * What `instead` knows stands in for what is told.
 */
export async function makeHostile(page: Page, serverUrl: string, instead: Instead = {}) {
  await page.route(`${serverUrl}/api/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = Object.keys(api.paths).find((one) => patternOf(one).test(pathname));
    if (route.request().method() !== "GET" || !path) return route.fallback();
    const answer = await route.fetch();
    // A page that is left meanwhile wants no answer any more.
    const told = await answer.json().catch(() => undefined);
    if (told === undefined || !answer.ok()) return route.fulfill({ response: answer });
    const richer = instead[path]?.(told) ?? told;
    const schema = api.paths[path]?.get?.responses["200"]?.content?.["application/json"]?.schema ?? {};
    await route.fulfill({ response: answer, json: hostile(richer, schema) });
  });
}

const patternOf = (path: string) => new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+")}$`);

function hostile(value: unknown, given: Schema, name = ""): unknown {
  const schemas = alternatives(given);
  // What is not said could be.
  if (typeof value === "string" || value === null) return isFree(schemas, name) ? (value ?? "") + HOSTILE : value;
  if (Array.isArray(value)) {
    const items = { anyOf: schemas.flatMap(({ items: one }) => one ?? []) };
    const filled = value.length > 0 ? value : [sampleOf(items)];
    return filled.map((one) => hostile(one, items, name));
  }
  if (typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([property, one]) => {
      const anyOf = schemas.flatMap(({ properties, additionalProperties }) => {
        const rest = typeof additionalProperties === "object" ? additionalProperties : undefined;
        return properties?.[property] ?? rest ?? [];
      });
      return [property, hostile(one, { anyOf }, property)];
    }),
  );
}

/** Something that the document allows, so that lists which are empty in a new account are shown with a row as well. */
function sampleOf(given: Schema): unknown {
  const schema =
    alternatives(given).find((one) => one.const !== undefined || one.enum || one.type || one.properties) ?? {};
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch ([schema.type].flat()[0]) {
    case "object":
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, sampleOf(one)]));
    case "array":
      return [];
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "string":
      // Some texts are days.
      return schema.format === "date-time" ? "2026-11-28T09:00:00.000Z" : "2026-11-28";
    default:
      return null;
  }
}

function isFree(schemas: Schema[], name: string): boolean {
  if (MADE_BY_SERVER.has(name)) return false;
  const texts = schemas.filter(({ type }) => [type].flat().includes("string"));
  return texts.some((one) => !one.enum && one.const === undefined && !one.format && !one.pattern);
}

/** All that a value may be, references resolved. */
function alternatives(schema: Schema): Schema[] {
  if (schema.$ref) return alternatives(api.components.schemas[schema.$ref.split("/").at(-1)!] ?? {});
  const others = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => list ?? []);
  return others.length > 0 ? [schema, ...others.flatMap(alternatives)] : [schema];
}
