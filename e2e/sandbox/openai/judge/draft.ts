import type { ScenarioName } from "../control/scenarios.ts";
import { isObject } from "../json.ts";
import { countTokens } from "../metering/tokens.ts";
import { underCap } from "../metering/usage.ts";
import type { ChatRequest } from "../request/chat-request.ts";
import { answerTo, type Temper } from "./answer.ts";
import { INVENTED_QUOTE } from "./orders.ts";

/** What the model has produced, before it is wrapped into a reply. */
export interface Draft {
  content: string | null;
  refusal: string | null;
  finishReason: "stop" | "length" | "content_filter";
  /** Tokens, hidden ones included. */
  completion: number;
  reasoning: number;
}

const REFUSAL = "I'm sorry, but I can't help with that.";

export function draftFor(request: ChatRequest, gullible: boolean, scenario: ScenarioName | null): Draft {
  const temper: Temper = scenario === "injection_obeyed" ? "obedient" : gullible ? "gullible" : "honest";
  const text = bent(answerTo(request, temper), scenario);
  const { content, cutOff, completion, reasoning } = underCap(request, text);
  const draft: Draft = { content, refusal: null, finishReason: cutOff ? "length" : "stop", completion, reasoning };
  switch (scenario) {
    case "refusal":
      return { ...draft, content: null, refusal: REFUSAL, finishReason: "stop", completion: countTokens(REFUSAL) };
    case "length":
      return {
        ...draft,
        content: text.slice(0, Math.floor(text.length / 2)),
        finishReason: "length",
        completion: request.cap ?? completion,
      };
    case "content_filter":
      return { ...draft, content: "", finishReason: "content_filter", completion: 0 };
    case "empty_content":
      return { ...draft, content: "", completion: 0 };
  }
  return draft;
}

/** Bends an answer in the way a scenario wants; answers that are not JSON stay. */
function bent(content: string, scenario: ScenarioName | null): string {
  switch (scenario) {
    case "bad_json":
      return content.slice(0, -1);
    case "out_of_range":
      return rewritten(content, (name, value) => (typeof value === "number" || name === "level" ? 140 : value));
    case "invented_quote":
      return rewritten(content, (name, value) => {
        if (name === "quote") return INVENTED_QUOTE;
        return name === "level" ? (value ?? 4) : value;
      });
  }
  return content;
}

function rewritten(content: string, change: (name: string, value: unknown) => unknown): string {
  const answer: unknown = JSON.parse(content);
  if (!isObject(answer)) return content;
  return JSON.stringify(answer, (name, value: unknown) => change(name, value));
}
