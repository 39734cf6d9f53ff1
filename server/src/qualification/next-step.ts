import { ASK, type Verdict } from "@dealscope/shared/qualification";

/** What to do about a lead of which too little is known. */
export const ask = (question: string) => `${ASK}${question}`;

/** What to do next. Older verdicts name the model's own step where Kommo was told the question. */
export function nextStep({ status, question, nextAction, flags }: Verdict): string {
  const isOlder =
    status === "not_enough" && question && !nextAction.endsWith(question) && !flags.includes("suspected_injection");
  return isOlder ? ask(question) : nextAction;
}
