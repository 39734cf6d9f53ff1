import { createHash } from "node:crypto";
import type { ModelCheck } from "@dealscope/shared/setup";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../../config.ts";
import { Tenancy } from "../../database/tenancy.ts";
import type { Completion } from "../../openai/client.ts";
import { costOf, isRegional, retirementOf } from "../../openai/prices.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";
import { keepCosts } from "../verdict-rows.ts";
import { endWaiting } from "../waiting.ts";
import { ModelService } from "./model.service.ts";
import { type Model, modelClient } from "./model-client.ts";
import { askOneWord, MOST_USAGE, type Trouble } from "./one-word.ts";

const NO_KEY: Trouble = {
  problem: "no_key",
  message: "No OpenAI key is set. Ask the operator of Dealscope to set one.",
};

/** What is over when the model answers. */
const OVER = ["model_unavailable", "no_key", "key", "model", "quota"] as const;

/** Asks whether the model answers. When it does, leads that waited for it are judged at once. */
@Injectable()
export class ModelChecks {
  private readonly client: Model | undefined;

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
    return askOneWord(this.client, model, createHash("sha256").update(`dealscope ${accountId}`).digest("hex"));
  }
}
