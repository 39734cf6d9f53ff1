import { Score, type Segment } from "@dealscope/shared/qualification";
import type { LeadField, Provisioned } from "../../installation/provisioning.ts";
import type { Lead } from "../../kommo/resources.ts";
import type { LastWritten } from "../../write-back/last-written.ts";

/** What a person has put into our fields in Kommo; null for the one they left alone. */
export interface HandEdit {
  segment: string | null;
  score: number | null;
}

/**
 * A segment or score other than we wrote last. A field that was merely emptied, and a value that means nothing, is no
 * word of a person's.
 */
export function handEdit(
  lead: Lead,
  written: LastWritten["fields"],
  made: Provisioned,
  segments: readonly Segment[],
): HandEdit | undefined {
  const shown = (field: LeadField) =>
    lead.custom_fields_values.find(({ field_id }) => field_id === made.fields[field])?.values[0];
  const option = shown("segment")?.enum_id ?? undefined;
  const segment = option && segments.find(({ key }) => made.segments[key] === option)?.key;
  const score = scoreIn(shown("score")?.value);
  const edit = {
    segment: segment && written.segment !== undefined && written.segment !== segment ? segment : null,
    score: score !== undefined && written.score !== undefined && written.score !== score ? score : null,
  };
  return edit.segment === null && edit.score === null ? undefined : edit;
}

function scoreIn(value: unknown): number | undefined {
  const isThere = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
  return isThere ? Score.safeParse(Number(value)).data : undefined;
}
