import type { PipelineGates, StageRule } from "@dealscope/shared/committee";
import { z } from "zod";
import type { Account, Product } from "./product.ts";

const Lists = z.object({
  pipelines: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      stages: z.array(z.object({ id: z.number(), name: z.string(), isIncoming: z.boolean() })),
    }),
  ),
});

/** The first pipeline of an account, as people see it: without the stage of incoming leads. */
export async function pipelineOf(product: Product, account: Account) {
  const { ask } = await product.api(account);
  const { pipelines } = Lists.parse(await ask("GET", "/api/lists"));
  const { id, name, stages } = pipelines[0]!;
  return { id, name, stages: stages.filter(({ isIncoming }) => !isIncoming) };
}

/** Rules for the second stage of the first pipeline: the lawyer must have approved. */
export async function holdAtSecondStage(
  product: Product,
  account: Account,
  { rule = {}, gates = {} }: { rule?: Partial<StageRule>; gates?: Partial<PipelineGates> } = {},
) {
  const pipeline = await pipelineOf(product, account);
  const [first, second] = [pipeline.stages[0]!, pipeline.stages[1]!];
  const stages = [{ statusId: second.id, requiredApprovals: ["lawyer"], ...rule }];
  await product.change(account, { gates: { pipelines: [{ pipelineId: pipeline.id, stages, ...gates }] } });
  return { pipeline, first, second };
}
