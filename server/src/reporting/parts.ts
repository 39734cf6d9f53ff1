import type { StageRef } from "@dealscope/shared/stage-ref";

const numberIn = (text: string | undefined) => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : undefined);

/** `12.34` is the stage 34 of the pipeline 12. */
export function stageIn(text: string): StageRef | undefined {
  const [pipeline, status, ...more] = text.split(".");
  const [pipelineId, statusId] = [numberIn(pipeline), numberIn(status)];
  return pipelineId && statusId && more.length === 0 ? { pipelineId, statusId } : undefined;
}

/** A user's number; 0 is nobody. */
export function repIn(text: string): number | undefined {
  return numberIn(text);
}

/** What stands before the first dot, and what after it. */
export function splitPart(part: string): [string, string | undefined] {
  const dot = part.indexOf(".");
  return dot < 0 ? [part, undefined] : [part.slice(0, dot), part.slice(dot + 1)];
}
