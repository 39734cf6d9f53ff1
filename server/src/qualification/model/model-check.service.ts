import { createHash } from "node:crypto";
import type { ModelCheck } from "@dealscope/shared/setup";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../../config.ts";
import { Tenancy } from "../../database/tenancy.ts";
import type { Completion, OpenAiClient } from "../../openai/client.ts";
import { ModelKeyRefused, ModelNotFound, ModelQuotaExhausted, ModelUnavailable } from "../../openai/failures.ts";
import { costOf, isRegional, retirementOf } from "../../openai/prices.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";
import { keepCosts } from "../verdict-rows.ts";
import { endWaiting } from "../waiting.ts";
import { ModelService } from "./model.service.ts";
import { modelClient } from "./model-client.ts";

type Trouble = Pick<ModelCheck, "problem" | "message">;

const fine: Trouble = { problem: null, message: null };
const NO_KEY: Trouble = {
  problem: "no_key",
  message: "No OpenAI key is set. Ask the operator of Dealscope to set one.",
};

/** Far above what the question and the answer take. */
const MOST_USAGE = { prompt: 200, cached: 0, cacheWrite: 0, completion: 64, reasoning: 0 };

/** What is over when the model answers. */
const OVER = ["model_unavailable", "no_key", "key", "model", "quota"] as const;

/**
 * Asks the model for one word. A list of models would prove the key, but not that there is credit; this proves both, for
 * about a hundredth of a cent. When it answers, leads that waited for it are judged at once.
 */
@Injectable()
export class ModelChecks {
  private readonly client: OpenAiClient | undefined;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
    private readonly models: ModelService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.client = modelClient(config);
  }

  async check(accountId: number): Promise<ModelCheck> {
    const model = this.models.modelOf(await this.versions.current(accountId));
    const { completion, ...trouble } = await this.ask(accountId, model);
    const costMicros = completion ? await this.book(accountId, completion) : 0;
    if (completion) this.models.letGo(model);
    return {
      ok: trouble.problem === null,
      ...trouble,
      model,
      retiresOn: retirementOf(model),
      latencyMs: completion?.latencyMs ?? null,
      costMicros,
      at: new Date().toISOString(),
    };
  }

  private async book(accountId: number, completion: Completion): Promise<number> {
    const usage = completion.usage ?? MOST_USAGE;
    const costMicros = costOf({ ...completion, usage }, new Date(), isRegional(this.config.OPENAI_BASE_URL));
    const paid = [{ completion, costMicros, booked: () => {} }];
    await this.tenancy.run(accountId, async (tx) => {
      for (const reason of OVER) await endWaiting(tx, reason);
      await keepCosts(tx, accountId, null, null, paid);
    });
    return costMicros;
  }

  private async ask(accountId: number, model: string): Promise<Trouble & { completion?: Completion }> {
    if (!this.client) return NO_KEY;
    try {
      const completion = await this.client.complete({
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
        safetyIdentifier: createHash("sha256").update(`dealscope ${accountId}`).digest("hex"),
      });
      return { ...fine, completion };
    } catch (error) {
      return troubleIn(error, model);
    }
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
