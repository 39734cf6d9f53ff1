import type { PromptVersionContent } from "@dealscope/shared/qualification";
import type { Compiled } from "@dealscope/shared/try-out";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../../config.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { costOf, isRegional } from "../../openai/prices.ts";
import { answerSchema } from "../prompt/answer-schema.ts";
import { developerMessage } from "../prompt/prompt.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";
import { countTokens } from "./count-tokens.ts";

/** Of a short inquiry and its verdict; what an account's own calls say is better. */
const USUAL = { lead: 200, answer: 220 };
/** Fewer calls than these say nothing of what is usual. */
const ENOUGH_CALLS = 10;
/** Shorter prefixes are not cached. */
const LEAST_CACHED = 1024;
const MONTH_DAYS = 30;

interface Measured {
  calls: number;
  prompt: number | null;
  answer: number | null;
  cached_share: number | null;
  leads: number;
  days: number;
}

/** Shows an administrator what his words become, and what they cost. */
@Injectable()
export class Compiler {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async compile(accountId: number, content: PromptVersionContent): Promise<Compiled> {
    const model = content.model ?? this.config.OPENAI_MODEL;
    const [version, measured] = await this.tenancy.run(accountId, async (tx) => {
      const published = await this.versions.published(tx, accountId);
      return [published, await measure(tx, published.number)] as const;
    });
    const rules = await rulesOf(content);
    const isMeasured = measured.calls >= ENOUGH_CALLS;
    const lead = isMeasured ? (measured.prompt ?? 0) - (await rulesOf(version.content)).tokens : USUAL.lead;
    const tokens = {
      developer: rules.developerTokens,
      schema: rules.schemaTokens,
      lead: Math.max(1, Math.round(lead)),
      answer: Math.round(isMeasured ? (measured.answer ?? USUAL.answer) : USUAL.answer),
    };
    const prompt = rules.tokens + tokens.lead;
    const couldBeCached = rules.tokens >= LEAST_CACHED ? rules.tokens / prompt : 0;
    const cachedShare = isMeasured ? Math.min(couldBeCached, measured.cached_share ?? 0) : couldBeCached;
    const usage = {
      prompt,
      cached: Math.round(prompt * cachedShare),
      cacheWrite: 0,
      completion: tokens.answer,
      reasoning: 0,
    };
    const cost = costOf({ model, usage, serviceTier: null }, new Date(), isRegional(this.config.OPENAI_BASE_URL));
    const leadsPerMonth = measured.leads === 0 ? null : Math.round((measured.leads * MONTH_DAYS) / measured.days);
    return {
      developer: rules.developer,
      schema: rules.schema,
      model,
      tokens,
      isMeasured,
      cachedShare,
      costPerLeadMicros: cost,
      leadsPerMonth,
      costPerMonthMicros: cost === null || leadsPerMonth === null ? null : cost * leadsPerMonth,
    };
  }
}

async function rulesOf(content: PromptVersionContent) {
  const developer = developerMessage(content);
  const schema = answerSchema(content);
  const [developerTokens, schemaTokens] = [await countTokens(developer), await countTokens(JSON.stringify(schema))];
  return {
    developer,
    schema: JSON.stringify(schema, null, 2),
    developerTokens,
    schemaTokens,
    tokens: developerTokens + schemaTokens,
  };
}

async function measure(tx: Tx, number: number): Promise<Measured> {
  const [row] = await tx.query(
    `SELECT * FROM
       (SELECT count(*)::int AS calls, avg((usage->>'prompt')::int)::float8 AS prompt,
               avg((usage->>'completion')::int)::float8 AS answer,
               (sum((usage->>'cached')::int) / nullif(sum((usage->>'prompt')::int), 0)::float8)::float8 AS cached_share
          FROM (SELECT usage FROM model_call
                 WHERE outcome = 'answer' AND usage IS NOT NULL AND lead_id IS NOT NULL AND prompt_number = $1
                 ORDER BY at DESC LIMIT 200) newest) usual,
       (SELECT count(DISTINCT lead_id)::int AS leads,
               greatest(1, extract(epoch FROM app_now() - min(at)) / 86400)::float8 AS days
          FROM model_call
         WHERE at > app_now() - interval '${MONTH_DAYS} days' AND lead_id IS NOT NULL AND prompt_number IS NOT NULL) rate`,
    [number],
  );
  return { ...row, days: row.days ?? 1 };
}
