import type { ManualReason, Verdict } from "@dealscope/shared/qualification";
import { Injectable } from "@nestjs/common";
import {
  ModelFailure,
  ModelKeyRefused,
  ModelNotFound,
  ModelQuotaExhausted,
  ModelUnavailable,
} from "../../openai/failures.ts";
import { judge } from "../judging/judge.ts";
import type { ModelInput } from "../lead-text/model-input.ts";
import type { PromptVersionEntity } from "../prompt/prompt-version.entity.ts";
import { CapReached } from "./cap.ts";
import { ModelService, NoModelKey } from "./model.service.ts";
import type { PaidAnswer } from "./paid-answer.ts";

/** The model's verdict, or why there is none; with everything that was paid on the way. */
export interface Opinion {
  verdict?: Verdict;
  reason: ManualReason;
  paid: readonly PaidAnswer[];
  /** How long the provider asked us to wait. */
  retryAfterMs?: number | undefined;
}

export interface OpinionRequest {
  accountId: number;
  version: PromptVersionEntity;
  input: ModelInput;
  isUrgent: boolean;
  capDollars: number | null;
}

/** One opinion: a call, and a second one when the first answer was cut off or cannot be used. */
@Injectable()
export class OpinionService {
  constructor(private readonly models: ModelService) {}

  async ask({ version, input, ...asked }: OpinionRequest): Promise<Opinion> {
    const paid: PaidAnswer[] = [];
    let reason: ManualReason = "invalid";
    for (const secondTry of [false, true]) {
      try {
        const answer = await this.models.ask({ ...asked, version, message: input.message, secondTry });
        paid.push(answer);
        const { completion } = answer;
        if (completion.outcome === "refusal") return { reason: "refused", paid };
        if (completion.outcome === "filtered") return { reason: "filtered", paid };
        if (completion.outcome === "answer") {
          const about = { content: version.content, promptVersion: version.number, model: completion.model, input };
          const judged = judge(completion.content, about);
          if (judged.ok) return { verdict: judged.verdict, reason, paid };
        }
        reason = completion.outcome === "cut_off" ? "cut_off" : "invalid";
      } catch (error) {
        return { ...explain(error), paid };
      }
    }
    return { reason, paid };
  }
}

function explain(error: unknown): { reason: ManualReason; retryAfterMs?: number | undefined } {
  if (error instanceof CapReached) return { reason: "cap" };
  if (error instanceof ModelUnavailable) {
    return { reason: "model_unavailable", retryAfterMs: error.retryAfterMs ?? undefined };
  }
  if (error instanceof ModelQuotaExhausted) return { reason: "quota" };
  if (error instanceof NoModelKey) return { reason: "no_key" };
  if (error instanceof ModelKeyRefused) return { reason: "key" };
  if (error instanceof ModelNotFound) return { reason: "model" };
  // The request is too long, or not as the provider wants it: it would be so again.
  if (error instanceof ModelFailure) return { reason: "invalid" };
  throw error;
}
