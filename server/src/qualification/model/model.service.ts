import { createHash } from "node:crypto";
import { Inject, Injectable, Logger } from "@nestjs/common";
import { CONFIG, type Config } from "../../config.ts";
import { accountModelDollars, modelDollars } from "../../meters.ts";
import { type Completion, mostTokens, type Prompt } from "../../openai/client.ts";
import { ModelKeyRefused, ModelNotFound, ModelQuotaExhausted } from "../../openai/failures.ts";
import { costOf, hasKnownPrice, isRegional } from "../../openai/prices.ts";
import { ANSWER_SCHEMA_NAME, answerSchema } from "../prompt/answer-schema.ts";
import { developerMessage } from "../prompt/prompt.ts";
import type { PromptVersionEntity } from "../prompt/prompt-version.entity.ts";
import { Cap, type Hold } from "./cap.ts";
import { countedAs, type Model, modelClient } from "./model-client.ts";
import { ModelLine } from "./model-line.ts";
import type { PaidAnswer } from "./paid-answer.ts";

/** Three short texts and up to eight quotes; reserved against the provider's limit, so no larger than needed. */
const ANSWER_TOKENS = 700;
const ANSWER_TOKENS_SECOND_TRY = 2_000;

/** After a refused key or spent credit nobody is asked for this long: each call would fail the same way. */
const HOLD_MS = 60_000;
const EVERY_MODEL = "*";

/** The operator has set no OpenAI key. */
export class NoModelKey extends Error {}

export interface Question {
  accountId: number;
  version: PromptVersionEntity;
  /** The user message: the masked lead. */
  message: string;
  /** The first answer was cut off or unusable: give it more room. */
  secondTry: boolean;
  /** A person is waiting. */
  isUrgent: boolean;
  /** What the account may spend in a calendar month, in dollars; null is no limit. */
  capDollars: number | null;
}

/** Asks the model about one lead at a time. */
@Injectable()
export class ModelService {
  private readonly log = new Logger("model");
  private readonly client: Model | undefined;
  private readonly line: ModelLine;
  private readonly held = new Map<string, { until: number; by: Error }>();

  constructor(
    private readonly cap: Cap,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.line = new ModelLine(config.MODEL_CALLS_AT_ONCE);
    this.client = modelClient(config);
  }

  modelOf(version: PromptVersionEntity): string {
    return version.content.model ?? this.config.OPENAI_MODEL;
  }

  /** @throws ModelFailure, NoModelKey, or CapReached */
  ask(question: Question): Promise<PaidAnswer> {
    const { accountId, capDollars, isUrgent } = question;
    const prompt = this.promptOf(question);
    const most = { model: prompt.model, usage: mostTokens(prompt), serviceTier: null };
    return this.cap.within(
      { accountId, capDollars, atMostMicros: this.cost(most) },
      (use) => this.line.run(isUrgent, use),
      (hold) => this.call(accountId, prompt, hold),
    );
  }

  /** Somebody has found that the model answers: it is asked again at once. */
  letGo(model: string) {
    for (const name of [EVERY_MODEL, model]) this.held.delete(name);
  }

  private promptOf({ accountId, version, message, secondTry }: Question): Prompt {
    return {
      model: this.modelOf(version),
      developer: developerMessage(version.content),
      user: message,
      schema: { name: ANSWER_SCHEMA_NAME, schema: { ...answerSchema(version.content) } },
      maxCompletionTokens: secondTry ? ANSWER_TOKENS_SECOND_TRY : ANSWER_TOKENS,
      cacheKey: `a${accountId}v${version.number}`,
      safetyIdentifier: createHash("sha256").update(`dealscope ${accountId}`).digest("hex"),
    };
  }

  private async call(accountId: number, prompt: Prompt, hold: Hold): Promise<PaidAnswer> {
    try {
      const completion = await this.complete(prompt);
      if (!hasKnownPrice(completion.model)) {
        this.log.warn(`The price of ${completion.model} is not known; its calls count at the dearest known one.`);
      }
      const costMicros = this.cost({ ...completion, usage: completion.usage ?? mostTokens(prompt) });
      hold.paid(costMicros);
      modelDollars.inc({ model: countedAs(prompt.model) }, costMicros / 1_000_000);
      accountModelDollars.add(accountId, costMicros / 1_000_000);
      return { completion, costMicros, booked: () => hold.booked() };
    } catch (error) {
      hold.release();
      throw error;
    }
  }

  private cost(billable: Parameters<typeof costOf>[0]): number {
    return costOf(billable, new Date(), isRegional(this.config.OPENAI_BASE_URL));
  }

  private async complete(prompt: Prompt): Promise<Completion> {
    if (!this.client) throw new NoModelKey("No OpenAI key is set.");
    const { model } = prompt;
    for (const name of [EVERY_MODEL, model]) {
      const held = this.held.get(name);
      if (held && held.until > Date.now()) throw held.by;
    }
    try {
      return await this.client.complete(prompt);
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
