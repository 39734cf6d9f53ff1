import type { Config } from "../config.ts";
import { examined } from "./finding.ts";

/** Who may look at all accounts, and with what. */
export function examineTokens({ OPERATOR_TOKEN, METRICS_TOKEN }: Pick<Config, "OPERATOR_TOKEN" | "METRICS_TOKEN">) {
  return examined("METRICS_TOKEN", async (chart) => {
    if (METRICS_TOKEN) return chart.ok("/metrics opens to a token that opens nothing else.");
    if (!OPERATOR_TOKEN) return chart.skipped("Neither it nor OPERATOR_TOKEN is set: there is no /metrics.");
    chart.warning(
      "/metrics opens to OPERATOR_TOKEN, so whoever collects metrics may erase people: set METRICS_TOKEN, and give him that.",
    );
  });
}
