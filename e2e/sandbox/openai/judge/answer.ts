import type { ChatRequest } from "../request/chat-request.ts";
import { criteriaIn, fillSchema } from "./fill-schema.ts";
import { judgeLead } from "./judgement.ts";
import { FULL_MARKS, ordersIn } from "./orders.ts";
import { passagesOf } from "./passages.ts";

/** `honest` judges, `gullible` obeys commands in the lead's text, `obedient` gives full marks even without any. */
export type Temper = "honest" | "gullible" | "obedient";

/** The text of an answer: a pure function of what was asked and the temper. */
export function answerTo(request: ChatRequest, temper: Temper): string {
  const rules = textsBy(request, "developer", "system").join("\n");
  const passages = textsBy(request, "user").flatMap(passagesOf);
  const orders = temper === "honest" ? null : (ordersIn(passages) ?? (temper === "obedient" ? FULL_MARKS : null));
  const { format } = request;
  const judgement = judgeLead(rules, passages, format.kind === "json_schema" ? criteriaIn(format.schema) : [], orders);
  switch (format.kind) {
    case "text":
      return judgement.summary;
    case "json_object":
      return JSON.stringify({ score: judgement.score, summary: judgement.summary });
    case "json_schema":
      return JSON.stringify(fillSchema(format.schema, rules, judgement));
  }
}

export function textsBy({ messages }: ChatRequest, ...roles: string[]): string[] {
  return messages.filter(({ role }) => roles.includes(role)).map(({ text }) => text);
}
