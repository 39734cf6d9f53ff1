import { parse } from "qs";

/** A value of Kommo's PHP-style form: nested objects with string leaves. Lists are objects with numeric keys. */
export type FormValue = string | FormNode;
export interface FormNode {
  [key: string]: FormValue | undefined;
}

/** More than any account sends at once. */
export const MOST_PARAMETERS = 20_000;

/** The body is not a form that Kommo could have sent. */
export class UnreadableForm extends Error {}

/**
 * Decodes a body such as `leads[add][0][id]=1`. Large accounts send 2 200 parameters, so limits are far above qs's own;
 * every level is an object without prototype, because indexes may have gaps, start above 0 or be missing.
 * @throws UnreadableForm when it is deeper or longer than anything Kommo sends, or no form at all
 */
export function parseKommoForm(body: string): FormNode {
  try {
    return parse(body, {
      depth: 12,
      strictDepth: true,
      parameterLimit: MOST_PARAMETERS,
      // Entries without an index, or with one and the same, are gathered in a list; each is copied with every new one.
      arrayLimit: 2_500,
      throwOnLimitExceeded: true,
      parseArrays: false,
      plainObjects: true,
    }) as FormNode;
  } catch (error) {
    throw new UnreadableForm((error as Error).message);
  }
}

/** The entries of a list or map, whatever its keys; a lone scalar counts as one entry. Lists come in index order. */
export function entriesOf(value: FormValue | undefined): FormValue[] {
  if (value === undefined || value === "") return [];
  if (typeof value === "string") return [value];
  return Object.values(value).filter((v) => v !== undefined);
}

export function nodesOf(value: FormValue | undefined): FormNode[] {
  return entriesOf(value).filter((v): v is FormNode => typeof v === "object");
}

export function nodeAt(node: FormNode | undefined, key: string): FormNode | undefined {
  const value = node?.[key];
  return typeof value === "object" ? value : undefined;
}

export function textAt(node: FormNode | undefined, key: string): string | undefined {
  const value = node?.[key];
  // PostgreSQL cannot store NUL characters, and a form can carry them as %00.
  return typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : undefined;
}

/** A non-negative integer such as an id or Unix seconds; absent, empty and anything else are `undefined`. */
export function integerAt(node: FormNode | undefined, key: string): number | undefined {
  const text = textAt(node, key);
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** The year 2100. What is later is no time of Kommo's: milliseconds, or a number that no date can hold. */
const LAST_SECOND = 4_102_444_800;

/** Unix seconds as a date. */
export function timeAt(node: FormNode | undefined, key: string): Date | undefined {
  const seconds = integerAt(node, key);
  return seconds && seconds < LAST_SECOND ? new Date(seconds * 1000) : undefined;
}
