import type { ManualReason, Verdict } from "@dealscope/shared/qualification";

const EXPLANATIONS: Record<ManualReason, string> = {
  model_unavailable: "The model could not be reached. It will be asked again.",
  refused: "The model refused to judge this lead.",
  filtered: "The provider's content filter stopped the answer.",
  cut_off: "The model's answer was cut off twice.",
  invalid: "The model gave no answer that could be used.",
  cap: "The account's monthly limit for model costs is reached.",
  key: "The provider does not accept the API key.",
  no_key: "No key for the model is set on the server.",
  model: "The model is not available to this key.",
  quota: "The provider's credit is used up.",
  suspected_injection: "A text of this lead tries to tell the model how to judge it.",
  kommo: "Kommo does not let Dealscope read this lead.",
  internal: "Dealscope could not work on this lead because of a fault of its own.",
  duplicate: "Another open lead has the same e-mail or phone.",
};

/** A verdict that hands the lead to a person. `model` is the one that was asked, if any. */
export const manualVerdict = (reason: ManualReason, promptVersion: number, model: string | null): Verdict => ({
  status: "needs_manual",
  reason,
  score: null,
  segment: null,
  question: null,
  criteria: [],
  summary: EXPLANATIONS[reason],
  nextAction:
    reason === "suspected_injection" ? "Read this lead yourself and qualify it by hand." : "Qualify this lead by hand.",
  flags: [],
  modelSegment: null,
  rule: null,
  model,
  promptVersion,
});
