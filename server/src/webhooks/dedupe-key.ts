import { createHash } from "node:crypto";
import { MOST_PARAMETERS } from "./kommo-form.ts";

/** Only these make two equal bodies the same happening: without a time, equal bodies may be two happenings. */
const carriesTime = /(updated_at|created_at|last_modified|event_id)(%5D|\])=\d|"time":"\d/i;

/**
 * A key under which a body that Kommo sends twice is known, or null when the body has no time in it and must be taken
 * each time. Order of the parameters does not matter: `account` has been seen first and last.
 */
export function dedupeKey(source: string, body: string): Buffer | null {
  if (!carriesTime.test(body)) return null;
  const parameters = body.split("&", MOST_PARAMETERS + 1);
  // Not readable either, so it is not worth sorting.
  if (parameters.length > MOST_PARAMETERS) return null;
  const canonical = parameters.sort().join("&");
  return createHash("sha256").update(source).update("\n").update(canonical).digest();
}
