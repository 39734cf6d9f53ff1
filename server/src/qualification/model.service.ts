import { createHash } from "node:crypto";
import { Inject, Injectable, Logger } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { type Completion, OpenAiClient } from "../openai/client.ts";
import { ModelKeyRefused, ModelNotFound, ModelQuotaExhausted } from "../openai/failures.ts";
import { costOf, isRegional } from "../openai/prices.ts";
import { ANSWER_SCHEMA_NAME, answerSchema } from "./answer-schema.ts";
import { ModelLine } from "./model-line.ts";
import { developerMessage } from "./prompt.ts";
import type { PromptVersionEntity } from "./prompt-version.entity.ts";

/** Three short texts and up to eight quotes; reserved against the provider's limit, so no larger than needed. */
const ANSWER_TOKENS = 700;
const ANSWER_TOKENS_SECOND_TRY = 2_000;

/** After a refused key or spent credit nobody is asked for this long: each call would fail the same way. */
const HOLD_MS = 60_000;
const EVERY_MODEL = "*";

/** The operator has set no OpenAI key. */
export class NoModelKey extends Error {}

/** One paid answer. `costMicros` is in millionths of a dollar; 0 when the price of the model is not known. */
export interface PaidAnswer {
  completion: Completion;
  costMicros: number;
}

export interface Question {
  accountId: number;
  version: PromptVersionEntity;
  /** The user message: the masked lead. */
  message: string;
  /** The first answer was cut off or unusable: give it more room. */
  secondTry: boolean;
  /** A person is waiting. */
  isUrgent: boolean;
}

/** Asks the model about one lead at a time. */
@Injectable()
export class ModelService {
  private readonly log = new Logger("model");
  private readonly client: OpenAiClient | undefined;
  private readonly line: ModelLine;
  private readonly held = new Map<string, { until: number; by: Error }>();

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.line = new ModelLine(config.MODEL_CALLS_AT_ONCE);
    if (!config.OPENAI_API_KEY) return;
    this.client = new OpenAiClient({
      apiKey: config.OPENAI_API_KEY,
      baseUrl: config.OPENAI_BASE_URL,
      timeoutMs: config.OPENAI_TIMEOUT_SECONDS * 1000,
    });
  }

  modelOf(version: PromptVersionEntity): string {
    return version.content.model ?? this.config.OPENAI_MODEL;
  }

  /** @throws ModelFailure, or NoModelKey */
  ask(question: Question): Promise<PaidAnswer> {
    return this.line.run(question.isUrgent, () => this.call(question));
  }

  private async call({ accountId, version, message, secondTry }: Question): Promise<PaidAnswer> {
    if (!this.client) throw new NoModelKey("No OpenAI key is set.");
    const model = this.modelOf(version);
    for (const name of [EVERY_MODEL, model]) {
      const held = this.held.get(name);
      if (held && held.until > Date.now()) throw held.by;
    }
    try {
      const completion = await this.client.complete({
        model,
        developer: developerMessage(version.content),
        user: message,
        schema: { name: ANSWER_SCHEMA_NAME, schema: { ...answerSchema(version.content) } },
        maxCompletionTokens: secondTry ? ANSWER_TOKENS_SECOND_TRY : ANSWER_TOKENS,
        cacheKey: `a${accountId}v${version.number}`,
        safetyIdentifier: createHash("sha256").update(`dealscope ${accountId}`).digest("hex"),
      });
      const cost = costOf(completion, new Date(), isRegional(this.config.OPENAI_BASE_URL));
      if (cost === null) this.log.warn(`The price of ${completion.model} is not known; its calls count as free.`);
      return { completion, costMicros: cost ?? 0 };
    } catch (error) {
      const ofTheKey =
        error instanceof ModelQuotaExhausted || (error instanceof ModelKeyRefused && error.status === 401);
      const ofTheModel = error instanceof ModelNotFound || error instanceof ModelKeyRefused;
      if (ofTheKey || ofTheModel) {
        this.log.error(`${model}: ${error.message}`);
        // A model that one account has misspelt is no reason to stop the others.
        this.held.set(ofTheKey ? EVERY_MODEL : model, { until: Date.now() + HOLD_MS, by: error });
      }
      throw error;
    }
  }
}
