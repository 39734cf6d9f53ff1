import type { MachineReason } from "@dealscope/shared/engagement-panel";
import type { MailTold } from "../../webhooks/mail-told.ts";

/** So many links of one mail… */
const SCANNED_LINKS = 3;
/** …within this time: nobody reads like that. */
export const SCAN_MS = 10_000;
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
 * known of the mail at that time is looked at; somebody may click ten thousand times.
 */
export function machineClicks(moments: readonly MailMoment[]): Map<string, "scanner" | "too_fast"> {
  const inOrder = moments.toSorted((one, other) => +one.at - +other.at || rank(one) - rank(other));
  const found = new Map<string, "scanner" | "too_fast">();
  let arrived = Number.NEGATIVE_INFINITY;
  for (const { eventId, metric, at } of inOrder) {
    if (metric !== "clicked") arrived = +at;
    else if (+at - arrived <= TOO_FAST_MS) found.set(eventId, "too_fast");
  }
  for (const { eventId } of scanned(inOrder.filter(({ metric }) => metric === "clicked")))
    found.set(eventId, "scanner");
  return found;
}

/** A mail arrives before it is clicked, also when both are told of one second. */
const rank = ({ metric }: MailMoment) => (metric === "clicked" ? 1 : 0);

/** Clicks in any span in which too many links were followed. */
function* scanned(clicks: readonly MailMoment[]) {
  const links = new Map<string | null, number>();
  const count = (key: string | null, by: number) => {
    const now = (links.get(key) ?? 0) + by;
    if (now > 0) links.set(key, now);
    else links.delete(key);
  };
  let beyond = 0;
  let told = 0;
  for (const [first, { at, linkKey }] of clicks.entries()) {
    for (; beyond < clicks.length && +clicks[beyond]!.at - +at <= SCAN_MS; beyond++) count(clicks[beyond]!.linkKey, 1);
    if (links.size >= SCANNED_LINKS) {
      for (told = Math.max(told, first); told < beyond; told++) yield clicks[told]!;
    }
    count(linkKey, -1);
  }
}
