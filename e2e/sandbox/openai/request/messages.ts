import { invalid } from "../api-error.ts";
import type { CatalogueModel } from "../catalogue.ts";
import { isObject } from "../json.ts";

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

export interface Part {
  text: string;
  /** How long the prefix that ends here is kept; null when it is not marked. */
  breakpoint: "30m" | "12h" | null;
}

export interface Message {
  role: Role;
  parts: Part[];
  /** All parts together. */
  text: string;
}

const ROLES: readonly Role[] = ["system", "developer", "user", "assistant", "tool"];
const FIELDS = ["role", "content", "name", "refusal", "tool_call_id", "tool_calls"];

/** @throws {ApiError} 400 naming the message, as `messages[0].content[1].type`. */
export function readMessages(messages: unknown, model: CatalogueModel): Message[] {
  if (messages === undefined) {
    throw invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
  }
  if (!Array.isArray(messages)) {
    throw invalid("Invalid type for 'messages': expected an array of objects.", "messages", "invalid_type");
  }
  if (messages.length === 0) {
    throw invalid(
      "Invalid 'messages': empty array. Expected an array with minimum length 1.",
      "messages",
      "empty_array",
    );
  }
  return messages.map((message, index) => readMessage(message, `messages[${index}]`, model));
}

function readMessage(message: unknown, path: string, model: CatalogueModel): Message {
  if (!isObject(message)) throw invalid(`Invalid type for '${path}': expected an object.`, path, "invalid_type");
  refuseUnknown(Object.keys(message), FIELDS, path);
  const role = ROLES.find((known) => known === message.role);
  if (!role) throw invalid(`Invalid value: '${String(message.role)}'.`, `${path}.role`, "invalid_value");
  const parts = readContent(message.content, `${path}.content`, role, model);
  return { role, parts, text: parts.map(({ text }) => text).join("") };
}

function readContent(content: unknown, path: string, role: Role, model: CatalogueModel): Part[] {
  if (typeof content === "string") return [{ text: content, breakpoint: null }];
  if (role === "assistant" && (content === null || content === undefined)) return [];
  if (!Array.isArray(content)) {
    throw invalid(`Invalid type for '${path}': expected a string or an array of objects.`, path, "invalid_type");
  }
  return content.map((part, index) => readPart(part, `${path}[${index}]`, model));
}

function readPart(part: unknown, path: string, model: CatalogueModel): Part {
  if (!isObject(part)) throw invalid(`Invalid type for '${path}': expected an object.`, path, "invalid_type");
  refuseUnknown(Object.keys(part), ["type", "text", "prompt_cache_breakpoint"], path);
  if (part.type !== "text") {
    throw invalid(
      `Invalid value: '${String(part.type)}'. This stand-in reads text only.`,
      `${path}.type`,
      "invalid_value",
    );
  }
  if (typeof part.text !== "string") {
    throw invalid(`Missing required parameter: '${path}.text'.`, `${path}.text`, "missing_required_parameter");
  }
  return {
    text: part.text,
    breakpoint: readBreakpoint(part.prompt_cache_breakpoint, `${path}.prompt_cache_breakpoint`, model),
  };
}

function readBreakpoint(breakpoint: unknown, path: string, model: CatalogueModel): Part["breakpoint"] {
  if (breakpoint === undefined || breakpoint === null) return null;
  if (model.cache !== "marked") {
    throw invalid(`Unsupported parameter: '${path}' is not supported with this model.`, path, "unsupported_parameter");
  }
  if (!isObject(breakpoint)) throw invalid(`Invalid type for '${path}': expected an object.`, path, "invalid_type");
  refuseUnknown(Object.keys(breakpoint), ["mode", "ttl"], path);
  if (breakpoint.mode !== "explicit") {
    throw invalid(
      `Invalid value: '${String(breakpoint.mode)}'. Supported values are: 'explicit'.`,
      `${path}.mode`,
      "invalid_value",
    );
  }
  if (breakpoint.ttl === undefined || breakpoint.ttl === "30m") return "30m";
  if (breakpoint.ttl === "12h") return "12h";
  throw invalid(`Invalid value: '${String(breakpoint.ttl)}'.`, `${path}.ttl`, "invalid_value");
}

function refuseUnknown(fields: readonly string[], known: readonly string[], path: string): void {
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown) throw invalid(`Unknown parameter: '${path}.${unknown}'.`, `${path}.${unknown}`, "unknown_parameter");
}
