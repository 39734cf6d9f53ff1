import { z } from "zod";

const id = z.int().positive();

/** A stage of a pipeline. Always a pair: won (142) and lost (143) have the same ids in every pipeline. */
export const StageRef = z.object({ pipelineId: id, statusId: id });
export type StageRef = z.infer<typeof StageRef>;
