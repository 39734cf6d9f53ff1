import { z } from "zod";
import { InvalidItem, type ItemError } from "../crm/invalid-item.ts";
import type { Call } from "./call.ts";
import { Problem, type RefusedItem } from "./problem.ts";

const LIMIT = 250;

/** Reads one item; it throws `InvalidItem` with all that is wrong. */
export type Read<T> = (item: unknown) => T;
export type Apply<T, R> = (value: T, request_id: string) => R;

/** A collection is written with an array, even for one item. */
export function writeBatch<T, R>(call: Call, read: Read<T>, apply: Apply<T, R>, limit = LIMIT): R[] {
  if (!Array.isArray(call.body)) throw new Problem(400, "Request body must be an array of objects.");
  if (call.body.length === 0) throw new Problem(400, "Request body is empty.");
  if (call.body.length > limit) throw new Problem(400, `The number of items must not exceed ${limit}.`);
  const refused: RefusedItem[] = [];
  const good: { value: T; request_id: string }[] = [];
  call.body.forEach((item: unknown, index) => {
    const request_id = requestId(item, index);
    try {
      good.push({ value: read(item), request_id });
    } catch (error) {
      if (!(error instanceof InvalidItem)) throw error;
      refused.push({ request_id, errors: error.errors });
    }
  });
  const refusal = refused.length > 0 ? new Problem(400, "Request validation failed", refused) : undefined;
  if (refusal && call.account.switches.badItem === "refuses-batch") throw refusal;
  const results = good.map(({ value, request_id }) => apply(value, request_id));
  if (refusal) throw refusal;
  return results;
}

/** One entity is written with an object; `id` is the one of its path, if it has one. */
export function writeOne<T, R>(call: Call, read: Read<T>, apply: Apply<T, R>, id?: number): R {
  if (typeof call.body !== "object" || call.body === null || Array.isArray(call.body)) {
    throw new Problem(400, "Request body must be an object.");
  }
  const item = id === undefined ? call.body : { ...call.body, id };
  const request_id = requestId(item, 0);
  let value: T;
  try {
    value = read(item);
  } catch (error) {
    if (!(error instanceof InvalidItem)) throw error;
    throw new Problem(400, "Request validation failed", [{ request_id, errors: error.errors }]);
  }
  return apply(value, request_id);
}

/** Checks an item's form; Kommo ignores keys it does not know. */
export function parseItem<S extends z.ZodType>(schema: S, item: unknown): z.output<S> {
  const parsed = schema.safeParse(item);
  if (!parsed.success) throw new InvalidItem(parsed.error.issues.map(toItemError));
  return parsed.data;
}

/** Unix seconds; milliseconds are a common mistake. */
export const seconds = z.int().min(0).max(99_999_999_999);

/** Echoed as text, the array index if there is none. */
function requestId(item: unknown, index: number): string {
  const given = typeof item === "object" && item !== null && "request_id" in item ? item.request_id : undefined;
  return given === undefined || given === null ? String(index) : String(given);
}

function toItemError(issue: z.core.$ZodIssue): ItemError {
  const path = issue.path.join(".");
  if (issue.code === "invalid_type" && issue.input === undefined && issue.message.includes("undefined")) {
    return { code: "FieldMissing", path, detail: "This field is missing." };
  }
  const codes: Record<string, string> = {
    invalid_value: "NotSupportedChoice",
    too_big: "TooLong",
    too_small: "TooShort",
  };
  return { code: codes[issue.code] ?? "InvalidType", path, detail: issue.message };
}
