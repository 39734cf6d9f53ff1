import { NeedsReconnect } from "../installation/tokens.ts";
import { KommoError, KommoForbidden, KommoNotFound, KommoRejected } from "../kommo/errors.ts";
import { LeaseLost } from "../work/work-rows.ts";
import type { WriteRow } from "./write-row.ts";

/** Of the rows in the request, or of one of them; not of the whole account. */
export function isRefusal(error: unknown): error is KommoRejected | KommoNotFound | KommoForbidden {
  return (
    error instanceof KommoRejected ||
    error instanceof KommoNotFound ||
    (error instanceof KommoForbidden && !error.unavailable)
  );
}

/**
 * Whether it is certain that Kommo has made nothing, as when it does not know our token. Of what we do not understand, an answer
 * of another form too, it is not.
 */
export function didNothing(error: unknown): boolean {
  if (error instanceof NeedsReconnect) return true;
  return error instanceof LeaseLost || (error instanceof KommoError && !error.outcomeUnknown);
}

/** What was complained about in a field of ours or of the account's: provisioning looks whether it is still there. */
export function isAboutFields(error: unknown): boolean {
  return (
    error instanceof KommoRejected &&
    error.items.some(({ errors }) => errors.some(({ path }) => path.startsWith("custom_fields_values.")))
  );
}

/**
 * Who was to be responsible is not there any more, as may be known before we hear of it: better somebody else's than nobody's.
 * Undefined when the complaint is about something else.
 */
export function withoutResponsible(row: WriteRow, error: unknown): WriteRow | undefined {
  const { responsibleUserId, ...body } = row.body;
  if (responsibleUserId === undefined || !(error instanceof KommoRejected)) return undefined;
  const complaints = error.items.flatMap(({ errors }) => errors);
  const isAboutHim = complaints.length > 0 && complaints.every(({ path }) => path === "responsible_user_id");
  return isAboutHim ? { ...row, body } : undefined;
}

/** The parts in which a refused request is tried again: without the rows that Kommo has named, or by halves. */
export function partsOf<T>(rows: readonly T[], error: unknown, requestId: (row: T, index: number) => string): T[][] {
  const named = new Set(error instanceof KommoRejected ? error.items.map((item) => item.requestId) : []);
  const bad = rows.filter((row, index) => named.has(requestId(row, index)));
  if (bad.length > 0 && bad.length < rows.length) return [bad, rows.filter((row) => !bad.includes(row))];
  return [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)];
}
