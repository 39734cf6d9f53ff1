import { z } from "zod";
import { BuyingStage } from "./committee.ts";

/** The pipeline of buying stages that an account may have made for it. */
export const GateTemplate = z.object({
  /** `none`: nobody has asked for it; `refused`: see `problem`. */
  state: z.enum(["none", "making", "made", "refused"]),
  pipelineId: z.int().nullable(),
  stages: z.array(z.object({ statusId: z.int(), buyingStage: BuyingStage })),
  problem: z.string().nullable(),
});
export type GateTemplate = z.infer<typeof GateTemplate>;

/** The rules as they are in force, beside what Kommo has of what they speak of. */
export const Gates = z.object({
  pipelines: z.array(
    z.object({
      pipelineId: z.int(),
      /** Null where Kommo has no such pipeline any more. */
      name: z.string().nullable(),
      isOn: z.boolean(),
      /** Deals that are held now. */
      held: z.int(),
      /** What is gone of what the pipeline's rules need, in one sentence each. */
      broken: z.array(z.string()),
      stages: z.array(
        z.object({
          statusId: z.int(),
          name: z.string().nullable(),
          buyingStage: BuyingStage.nullable(),
          held: z.int(),
          /** A broken rule holds nobody. */
          broken: z.array(z.string()),
        }),
      ),
    }),
  ),
  /** Whoever is told of late approvals does not work there any more. */
  clockBroken: z.array(z.string()),
  /** Why fields are not required in Kommo itself, although that is switched on; null when all is well. */
  nativeLockProblem: z.string().nullable(),
  template: GateTemplate,
});
export type Gates = z.infer<typeof Gates>;

/** What our actions in the Digital Pipeline are set up with. */
export const DigitalPipelineSetup = z.object({
  url: z.url(),
  /** Goes into the action's settings as `key`, beside `action`: `check_gate` or `qualify`. It opens nothing else. */
  key: z.string(),
});
export type DigitalPipelineSetup = z.infer<typeof DigitalPipelineSetup>;
