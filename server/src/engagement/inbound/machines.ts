import type { MachineReason } from "@dealscope/shared/engagement-panel";
import type { MailTold } from "../../webhooks/mail-told.ts";

/** So many links of one mail… */
const SCANNED_LINKS = 3;
/** …within this time: nobody reads like that. */
const SCAN_MS = 10_000;
/** Nobody has read a mail that arrived this moment. */
const TOO_FAST_MS = 2_000;

/** What Customer.io itself says; what a proxy says is for the account to choose. */
export function toldMachine(told: MailTold, proxiedCounts: boolean): MachineReason | null {
  const { metric, prefetched, proxied, synthetic, machine } = told;
  if (metric === "opened") {
    if (prefetched) return "prefetched";
    if (synthetic) return "synthetic";
    return proxied && !proxiedCounts ? "proxied" : null;
  }
  return metric === "clicked" && machine ? "machine" : null;
}

/** One thing that happened to a mail, as far as it shows whether its links are clicked by a person. */
export interface MailMoment {
  eventId: string;
  metric: "sent" | "delivered" | "clicked";
  at: Date;
  linkKey: string | null;
}

/**
 * Which clicks on one mail are a scanner's that Customer.io has not known. They may be told in any order, so all that is
 * known of the mail is looked at.
 */
export function machineClicks(moments: readonly MailMoment[]): Map<string, "scanner" | "too_fast"> {
  const clicks = moments.filter(({ metric }) => metric === "clicked");
  const arrivals = moments.filter(({ metric }) => metric !== "clicked");
  const found = new Map<string, "scanner" | "too_fast">();
  for (const { eventId, at } of clicks) {
    const arrived = Math.max(...arrivals.map((arrival) => +arrival.at).filter((time) => time <= +at));
    if (+at - arrived <= TOO_FAST_MS) found.set(eventId, "too_fast");
  }
  for (const first of clicks) {
    const together = clicks.filter(({ at }) => at >= first.at && +at - +first.at <= SCAN_MS);
    if (new Set(together.map((click) => click.linkKey)).size < SCANNED_LINKS) continue;
    for (const { eventId } of together) found.set(eventId, "scanner");
  }
  return found;
}
