import type { Config } from "../../config.ts";
import { OpenAiClient } from "../../openai/client.ts";

/** The operator's model; undefined when no key is set. */
export function modelClient(config: Config): OpenAiClient | undefined {
  if (!config.OPENAI_API_KEY) return undefined;
  return new OpenAiClient({
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
    timeoutMs: config.OPENAI_TIMEOUT_SECONDS * 1000,
  });
}
