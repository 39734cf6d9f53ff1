import { z } from "zod";

/** The lead that an address is about. */
export const LeadId = z.object({
  id: z.coerce
    .number("A lead's id is a number.")
    .int("A lead's id is a whole number.")
    .positive("A lead's id is positive."),
});
export type LeadId = z.infer<typeof LeadId>;
