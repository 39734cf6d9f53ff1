import type { ModelCheck } from "@dealscope/shared/setup";
import type { Completion } from "../../openai/client.ts";
import { ModelKeyRefused, ModelNotFound, ModelQuotaExhausted, ModelUnavailable } from "../../openai/failures.ts";
import type { Model } from "./model-client.ts";

export type Trouble = Pick<ModelCheck, "problem" | "message">;

const fine: Trouble = { problem: null, message: null };

/** Far above what the question and the answer take. */
export const MOST_USAGE = { prompt: 200, cached: 0, cacheWrite: 0, completion: 64, reasoning: 0 };

/**
 * Asks the model for one word. A list of models would prove the key, but not that there is credit; this proves both, for
 * about a hundredth of a cent.
 */
export async function askOneWord(
  client: Model,
  model: string,
  safetyIdentifier: string,
): Promise<Trouble & { completion?: Completion }> {
  try {
    const completion = await client.complete({
      model,
      developer: "Answer true.",
      user: "Do you answer?",
      schema: {
        name: "answer",
        schema: {
          type: "object",
          properties: { ok: { type: "boolean" } },
          required: ["ok"],
          additionalProperties: false,
        },
      },
      maxCompletionTokens: MOST_USAGE.completion,
      cacheKey: "check",
      safetyIdentifier,
    });
    return { ...fine, completion };
  } catch (error) {
    return troubleIn(error, model);
  }
}

function troubleIn(error: unknown, model: string): Trouble {
  if (error instanceof ModelQuotaExhausted)
    return { problem: "quota", message: "The OpenAI account has no credit left. Its owner has to add some." };
  if (error instanceof ModelKeyRefused)
    return { problem: "key_refused", message: "OpenAI refuses the key. The operator of Dealscope has to set another." };
  if (error instanceof ModelNotFound)
    return {
      problem: "no_such_model",
      message: `The model ${model} does not exist, or is not open to this key. Choose another in Criteria.`,
    };
  if (error instanceof ModelUnavailable)
    return { problem: "unavailable", message: "The model does not answer at the moment. Try again in a minute." };
  if (error instanceof Error) return { problem: "other", message: error.message };
  throw error;
}
