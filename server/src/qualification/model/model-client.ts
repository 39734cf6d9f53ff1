import type { Config } from "../../config.ts";
import { modelRequestSeconds, modelTokens } from "../../meters.ts";
import { type Completion, OpenAiClient, type Prompt } from "../../openai/client.ts";
import { ModelFailure, ModelUnavailable } from "../../openai/failures.ts";
import { hasKnownPrice } from "../../openai/prices.ts";

export type Model = Pick<OpenAiClient, "complete">;

/** The operator's model, with its calls counted; undefined when no key is set. */
export function modelClient(config: Config): Model | undefined {
  if (!config.OPENAI_API_KEY) return undefined;
  const client = new OpenAiClient({
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
    timeoutMs: config.OPENAI_TIMEOUT_SECONDS * 1000,
  });
  return { complete: (prompt) => counted(prompt, () => client.complete(prompt)) };
}

/** Accounts may name a model as they like; only those that are known are counted by name. */
export function countedAs(model: string): string {
  return hasKnownPrice(model) ? model : "other";
}

async function counted({ model: asked }: Prompt, call: () => Promise<Completion>): Promise<Completion> {
  const model = countedAs(asked);
  const ended = modelRequestSeconds.startTimer({ model });
  try {
    const completion = await call();
    ended({ outcome: completion.outcome });
    const { prompt = 0, cached = 0, completion: answer = 0 } = completion.usage ?? {};
    modelTokens.inc({ model, sort: "prompt" }, Math.max(0, prompt - cached));
    modelTokens.inc({ model, sort: "cached_prompt" }, cached);
    modelTokens.inc({ model, sort: "answer" }, answer);
    return completion;
  } catch (error) {
    ended({ outcome: inAWord(error) });
    throw error;
  }
}

function inAWord(error: unknown): string {
  if (error instanceof ModelUnavailable) return error.reason;
  return error instanceof ModelFailure ? (WORDS[error.name] ?? "failed") : "failed";
}

const WORDS: Record<string, string> = {
  ModelQuotaExhausted: "no_credit",
  ModelKeyRefused: "key_refused",
  ModelNotFound: "no_such_model",
  PromptTooLong: "too_long",
  PromptRefused: "prompt_refused",
};
