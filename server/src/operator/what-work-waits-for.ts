import type { Severity } from "./problem.ts";

/** Why work waits, and who sees to it. The alerts on waiting work say the same, in the same words. */
export interface Waiting {
  /** `broken`: only the operator can help. */
  severity: Severity;
  why: string;
  advice: string;
}

const BY_ITSELF = "It goes on by itself.";

const REASONS: Record<string, [Severity, why: string, advice: string]> = {
  no_key: ["broken", "for a key of the model", "Set OPENAI_API_KEY."],
  key: ["broken", "because the model's key is refused", "Change OPENAI_API_KEY."],
  quota: ["broken", "for credit at the model's provider", "Top it up."],
  model: ["broken", "because the model is gone", "Set OPENAI_MODEL, or the prompt of the account names another."],
  cap: ["watch", "because the month's limit is spent", "An administrator of the account can raise it."],
  customerio_key: [
    "watch",
    "because Customer.io refuses the keys",
    "An administrator of the account has to save others.",
  ],
  KommoForbidden: ["watch", "because the account in Kommo is not paid for", "It goes on when somebody has paid."],
  model_unavailable: ["watch", "for the model, which does not answer", BY_ITSELF],
  customerio: ["watch", "for Customer.io, which does not answer", BY_ITSELF],
};

/** By what rows of work have written down that they wait for. */
export const REASONS_TO_WAIT = Object.keys(REASONS);

export function waitingFor(on: string): Waiting {
  const [severity, why, advice] = REASONS[on] ?? ["watch", `for what is away (${on})`, BY_ITSELF];
  return { severity, why, advice };
}
