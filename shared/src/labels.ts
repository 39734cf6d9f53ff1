import { z } from "zod";
import { SegmentKey } from "./qualification.ts";

const count = z.int().nonnegative();

/** What experts say of leads: pasted or imported. A later label of a lead replaces an earlier one. */
export const LabelsToImport = z.object({
  rows: z
    .array(
      z.object({
        leadId: z.int("A lead's id is a whole number.").positive("A lead's id is positive."),
        /** Its key or its name, in any case. */
        segment: z.string().trim().min(1, "A label must name a segment.").max(60, "There is no such segment."),
      }),
    )
    .min(1, "There is no row to import.")
    .max(1000, "At most 1000 rows can be imported at once."),
});
export type LabelsToImport = z.infer<typeof LabelsToImport>;

/** Known rows are kept whatever is wrong with others. */
export const LabelsImported = z.object({
  kept: count,
  /** Rows that were left out; `row` counts from 0 as they were sent. */
  refused: z.array(z.object({ row: count, leadId: z.int(), why: z.enum(["unknown_lead", "unknown_segment"]) })),
});
export type LabelsImported = z.infer<typeof LabelsImported>;

/** The imported labels there are; overrides count besides. */
export const Labels = z.object({
  total: count,
  segments: z.array(z.object({ key: SegmentKey, count })),
});
export type Labels = z.infer<typeof Labels>;
