import { z } from "zod";

const id = z.int().positive();

/** Kommo's own stages for what came about and what did not: the same ids in every pipeline. */
export const WON = 142;
export const LOST = 143;
/** A deal in one of them is not open any more. */
export const CLOSED: readonly number[] = [WON, LOST];

/** A stage of a pipeline. Always a pair: won (142) and lost (143) have the same ids in every pipeline. */
export const StageRef = z.object({ pipelineId: id, statusId: id });
export type StageRef = z.infer<typeof StageRef>;
