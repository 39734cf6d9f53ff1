import type { LeadChange } from "../write-back/write-row.ts";

/** What of a lead a write changes: our fields by name, `tags`, `stage`, `responsible`. */
export function changesOf(target: string, body: LeadChange): string[] {
  return [
    ...Object.keys(body.fields ?? {}),
    ...(body.tagsAdd || body.tagsRemove ? ["tags"] : []),
    ...(body.stage ? ["stage"] : []),
    ...(target === "lead" && body.responsibleUserId !== undefined ? ["responsible"] : []),
  ];
}
