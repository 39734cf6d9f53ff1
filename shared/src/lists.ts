import { z } from "zod";

const Field = z.object({ id: z.int(), name: z.string(), type: z.string(), code: z.string().nullable() });

/** What the settings are chosen from. */
export const Lists = z.object({
  /** In Kommo's order; stages too. */
  pipelines: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      stages: z.array(
        z.object({
          id: z.int(),
          name: z.string(),
          /** The stage of incoming leads, where nobody has accepted them yet. */
          isIncoming: z.boolean(),
          /** 142 and 143 in every pipeline. */
          outcome: z.enum(["won", "lost"]).nullable(),
        }),
      ),
    }),
  ),
  /** Active users by name. */
  users: z.array(z.object({ id: z.int(), name: z.string(), isAdmin: z.boolean() })),
  /** The leads' custom fields without our own; empty while Kommo is away. */
  leadFields: z.array(Field),
  /** The same of contacts. */
  contactFields: z.array(Field),
  /** Models with a known price; the first is the operator's choice. Dollars per million tokens. */
  models: z.array(
    z.object({
      id: z.string(),
      inputDollars: z.number().nullable(),
      outputDollars: z.number().nullable(),
      /** `2027-01-14`; null when no end is announced. */
      retiresOn: z.string().nullable(),
    }),
  ),
  /** False: Kommo did not answer, and pipelines are as they were when it last did. */
  isFresh: z.boolean(),
});
export type Lists = z.infer<typeof Lists>;
