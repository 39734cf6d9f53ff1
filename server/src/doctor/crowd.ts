import type { Config } from "../config.ts";
import { scansOf } from "../kommo/budget.ts";
import { examined } from "./finding.ts";

/** A round of scans of one account, however quiet it is. */
const CALLS_A_ROUND = 6;
/** Every account is scanned at least so often. */
const ROUND_SECONDS = 300;
/** A call counts until a second after its answer, which takes Kommo about so long. */
const CALL_COUNTS_SECONDS = 1.12;

/** How many accounts are scanned in time; see docs/limits.md. */
export function accountsCarried({ KOMMO_EGRESS_RPS }: Pick<Config, "KOMMO_EGRESS_RPS">): number {
  return Math.round((scansOf(KOMMO_EGRESS_RPS) / CALL_COUNTS_SECONDS) * (ROUND_SECONDS / CALLS_A_ROUND));
}

/** Whether all active accounts have their share of the address's calls. */
export function examineCrowd(config: Pick<Config, "KOMMO_EGRESS_RPS">, active: number) {
  return examined("KOMMO_EGRESS_RPS", async (chart) => {
    const carried = accountsCarried(config);
    if (active <= carried) return chart.ok(`${active} of about ${carried} accounts that it carries.`);
    chart.warning(
      `${active} accounts are active, and with ${config.KOMMO_EGRESS_RPS} calls a second about ${carried} are scanned in time: what webhooks have not told is found later. Raise it if Kommo counts by account (docs/limits.md).`,
    );
  });
}
