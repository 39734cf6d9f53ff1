import { invalid } from "../api-error.ts";
import type { CatalogueModel, Effort } from "../catalogue.ts";
import { isObject, type Json } from "../json.ts";
import { digest } from "../metering/tokens.ts";
import { type Message, readMessages } from "./messages.ts";
import { checkParameters } from "./parameters.ts";
import { lintSchema } from "./schema-linter.ts";

/** A chat completion request that the API would accept. */
export interface ChatRequest {
  model: CatalogueModel;
  messages: Message[];
  /** `text`: no format was asked for. */
  format: { kind: "text" } | { kind: "json_object" } | { kind: "json_schema"; name: string; schema: Json };
  /** The schema as the model reads it; empty without one. */
  schemaText: string;
  effort: Effort;
  /** Tokens; null without a cap. */
  cap: number | null;
  cache: { mode: "implicit" | "explicit"; key: string };
  serviceTier: string;
}

/** @throws {ApiError} 400 naming the parameter that the API would name. */
export function readRequest(body: Json, model: CatalogueModel, lenientSchemas = false): ChatRequest {
  const effort = checkParameters(body, model);
  const messages = readMessages(body.messages, model);
  const format = readFormat(body.response_format, messages, lenientSchemas);
  const cacheOptions = isObject(body.prompt_cache_options) ? body.prompt_cache_options : {};
  return {
    model,
    messages,
    format,
    schemaText: format.kind === "json_schema" ? JSON.stringify(format.schema) : "",
    effort,
    cap: (body.max_completion_tokens ?? body.max_tokens ?? null) as number | null,
    cache: {
      mode: cacheOptions.mode === "explicit" ? "explicit" : "implicit",
      key: typeof body.prompt_cache_key === "string" ? body.prompt_cache_key : "",
    },
    serviceTier: tierOf(body.service_tier),
  };
}

function tierOf(asked: unknown): string {
  if (asked === "fast") return "priority";
  return typeof asked === "string" && asked !== "auto" ? asked : "default";
}

const linted = new Map<string, string | null>();

function readFormat(format: unknown, messages: readonly Message[], lenient: boolean): ChatRequest["format"] {
  if (format === undefined || format === null) return { kind: "text" };
  if (!isObject(format)) throw invalid("Invalid type for 'response_format'.", "response_format", "invalid_type");
  if (format.type === "text") return { kind: "text" };
  if (format.type === "json_object") {
    if (!messages.some(({ text }) => /json/i.test(text))) {
      throw invalid(
        "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.",
        "messages",
      );
    }
    return { kind: "json_object" };
  }
  if (format.type !== "json_schema") {
    throw invalid(`Invalid value: '${String(format.type)}'.`, "response_format.type", "invalid_value");
  }
  const { json_schema: given } = format;
  if (!isObject(given)) {
    throw invalid(
      "Missing required parameter: 'response_format.json_schema'.",
      "response_format.json_schema",
      "missing_required_parameter",
    );
  }
  for (const field of Object.keys(given)) {
    if (["name", "description", "schema", "strict"].includes(field)) continue;
    throw invalid(
      `Unknown parameter: 'response_format.json_schema.${field}'.`,
      `response_format.json_schema.${field}`,
      "unknown_parameter",
    );
  }
  const { name, schema } = given;
  if (typeof name !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw invalid("Invalid 'response_format.json_schema.name'.", "response_format.json_schema.name", "invalid_value");
  }
  if (!isObject(schema)) {
    throw invalid(
      "Missing required parameter: 'response_format.json_schema.schema'.",
      "response_format.json_schema.schema",
      "missing_required_parameter",
    );
  }
  const complaint = given.strict === true ? lintOnce(schema, lenient) : null;
  if (complaint) throw invalid(`Invalid schema for response_format '${name}': ${complaint}`, "response_format");
  return { kind: "json_schema", name, schema };
}

/** A burst sends one schema thousands of times. */
function lintOnce(schema: Json, lenient: boolean): string | null {
  const key = digest(`${lenient}${JSON.stringify(schema)}`);
  const known = linted.get(key);
  if (known !== undefined) return known;
  const complaint = lintSchema(schema, lenient);
  if (linted.size > 1000) linted.clear();
  linted.set(key, complaint);
  return complaint;
}
