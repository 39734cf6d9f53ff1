import { z } from "zod";
import { Score } from "./qualification.ts";
import { SegmentName } from "./queue.ts";

export const LeadSearchQuery = z.object({
  /** Part of a name, or a lead's number; empty finds the newest leads. */
  search: z.string().trim().max(100, "Search for at most 100 characters.").default(""),
});
export type LeadSearchQuery = z.infer<typeof LeadSearchQuery>;

/** At most 20 leads the user may see, newest first. */
export const FoundLeads = z.object({
  leads: z.array(z.object({ id: z.int(), name: z.string(), segment: SegmentName.nullable(), score: Score.nullable() })),
});
export type FoundLeads = z.infer<typeof FoundLeads>;
