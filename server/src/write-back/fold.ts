import { type Expectation, type LeadChange, strength, type WriteRow } from "./write-row.ts";

/** All rows of one lead as the one change they amount to. */
export interface Folded {
  leadId: number;
  rows: WriteRow[];
  change: LeadChange;
  expect: Expectation;
}

/**
 * Folds rows lead by lead. A later row replaces an earlier one field by field, but never a stronger one: what a rep
 * has set stays, however late a verdict comes. Tags are added and removed in order; the last word on a tag counts.
 */
export function fold(rows: readonly WriteRow[]): Folded[] {
  const byLead = new Map<number, WriteRow[]>();
  for (const row of rows) byLead.set(row.leadId, [...(byLead.get(row.leadId) ?? []), row]);
  return [...byLead].map(([leadId, ofLead]) => foldLead(leadId, ofLead));
}

function foldLead(leadId: number, rows: WriteRow[]): Folded {
  const weakestFirst = rows.toSorted((a, b) => strength[a.origin] - strength[b.origin] || a.seq - b.seq);
  const change: LeadChange = {};
  const expect: Expectation = {};
  const tags = new Map<string, "add" | "remove">();
  for (const { body, expect: seen } of weakestFirst) {
    if (body.fields) change.fields = { ...change.fields, ...body.fields };
    for (const tag of body.tagsRemove ?? []) tags.set(tag, "remove");
    for (const tag of body.tagsAdd ?? []) tags.set(tag, "add");
    if (body.stage) {
      change.stage = body.stage;
      if (seen?.stage) expect.stage = seen.stage;
      else delete expect.stage;
    }
    if (body.responsibleUserId !== undefined) {
      change.responsibleUserId = body.responsibleUserId;
      if (seen?.responsibleUserId !== undefined) expect.responsibleUserId = seen.responsibleUserId;
      else delete expect.responsibleUserId;
    }
  }
  const named = (what: "add" | "remove") => [...tags].filter(([, how]) => how === what).map(([tag]) => tag);
  if (named("add").length > 0) change.tagsAdd = named("add");
  if (named("remove").length > 0) change.tagsRemove = named("remove");
  return { leadId, rows, change, expect };
}
