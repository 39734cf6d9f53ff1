import { z } from "zod";

/** Ideal customers to start from, in English: `key` is what a page translates, `icp` goes into the prompt version. */
export const IcpSamples = z.object({
  samples: z.array(z.object({ key: z.string(), industry: z.string(), icp: z.string() })),
});
export type IcpSamples = z.infer<typeof IcpSamples>;
