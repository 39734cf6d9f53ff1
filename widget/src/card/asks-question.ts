import type { CardVerdict } from "@dealscope/shared/card";

/** Whether the next step is to ask the verdict's question, which then need not be said again. */
export function asksQuestion({ nextAction, question }: Pick<CardVerdict, "nextAction" | "question">): boolean {
  return !!question && nextAction.endsWith(question);
}
