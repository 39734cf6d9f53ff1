import type { Config } from "../config.ts";
import { retirementOf } from "../openai/prices.ts";
import { modelClient } from "../qualification/model/model-client.ts";
import { askOneWord } from "../qualification/model/one-word.ts";
import { examined } from "./finding.ts";
import { whyUnreachable } from "./reaching.ts";

const PATIENCE_MS = 10_000;

export function examineModel(config: Config) {
  return examined("model", async (chart) => {
    const { OPENAI_BASE_URL, OPENAI_MODEL } = config;
    const client = modelClient(config);
    if (!client)
      return chart.fault(
        "OPENAI_API_KEY is not set, so every lead is left to people: set the key of your OpenAI project.",
      );
    const { host } = new URL(OPENAI_BASE_URL);
    const away = await fetch(OPENAI_BASE_URL, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) }).then(
      () => undefined,
      (error) => whyUnreachable(error, host) ?? `${host} is not reached: ${error.message}.`,
    );
    if (away) return chart.fault(away);
    const { problem, message } = await askOneWord(client, OPENAI_MODEL, "dealscope doctor");
    if (problem === "no_such_model")
      return chart.fault(
        `${OPENAI_MODEL} does not exist at ${host}, or is not open to the key: choose another OPENAI_MODEL.`,
      );
    if (problem === "key_refused") return chart.fault(`${host} refuses OPENAI_API_KEY: set one that is valid there.`);
    if (problem === "quota") return chart.fault("The OpenAI account has no credit left: add some, or raise its limit.");
    if (problem) return chart.fault(message ?? "The model does not answer.");
    chart.ok(`${OPENAI_MODEL} answers at ${host}.`);
    const end = retirementOf(OPENAI_MODEL);
    if (end) chart.warning(`OpenAI shuts ${OPENAI_MODEL} down on ${end}: choose another OPENAI_MODEL before.`);
  });
}
