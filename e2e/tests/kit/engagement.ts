import type { EngagementPanel, Recipient, Timeline, TimelineEntry } from "@dealscope/shared/engagement-panel";
import type { LeadCard } from "./lead-card.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();

const ANA = { contactId: 9001, name: "Ana Reyes" };
const MARTA = { contactId: 9002, name: "Marta Ruiz de la Torre" };

let ids = 0;
const mail = (hours: number, part: Partial<Extract<TimelineEntry, { subject: unknown }>> = {}) => ({
  ...{ id: `e${++ids}`, at: ago(hours), person: ANA, channel: "email" },
  ...{ subject: "Your quote for 40 seats", campaign: "Quote follow-up" },
  ...part,
});
const said = (
  kind: "sent" | "delivered" | "converted" | "unsubscribed" | "bounced" | "spam" | "failed",
  hours: number,
) => ({ ...mail(hours), kind, reason: null }) as const;

const machine = (reason: "prefetched" | "synthetic" | "too_fast", hours: number): TimelineEntry => ({
  ...mail(hours),
  kind: "opened",
  machine: reason,
});

/** One of each of what there can be, the newest first. */
const ENTRIES: TimelineEntry[] = [
  { kind: "call", id: "c1", at: ago(0.4), opens: 3, hours: 48 },
  { ...mail(0.5), kind: "opened", machine: null },
  { ...mail(1.2), kind: "clicked", machine: null, link: "https://www.reyes.example/pricing/enterprise" },
  { ...mail(1.3), kind: "opened", machine: null },
  { kind: "verdict", id: "v1", at: ago(2), score: 81, segment: { key: "hot", name: "Hot" } },
  { kind: "stage", id: "s1", at: ago(3), from: "Talks with the decision maker", to: "Contract at the lawyers" },
  { ...mail(6), kind: "clicked", machine: "scanner", link: "https://reyes.example/unsubscribe" },
  machine("too_fast", 6),
  machine("prefetched", 6),
  said("delivered", 6.01),
  said("sent", 6.02),
  { ...said("unsubscribed", 30), ...{ person: MARTA, subject: "Webinar on Thursday", campaign: "Newsletter" } },
  { ...mail(31), ...{ kind: "opened", machine: null, person: MARTA, subject: "Webinar on Thursday" } },
  {
    ...said("bounced", 50),
    person: null,
    reason: "550 5.1.1 The email account that you tried to reach does not exist",
  },
  { ...said("failed", 51), channel: "sms", subject: null, reason: "The number is not valid." },
  { ...said("spam", 75), person: MARTA },
  said("converted", 80),
  { ...mail(90), kind: "opened", machine: "prefetched" },
  { ...mail(95), kind: "clicked", machine: null, link: null },
  { kind: "stage", id: "s0", at: ago(100), from: null, to: "Talks with the decision maker" },
];

const recipient = (contactId: number, name: string, part: Partial<Recipient>): Recipient => ({
  ...{ contactId, name, state: "reachable", since: null, campaigns: [] },
  ...part,
});

/** A panel with one of everything that it can show. */
export const READ: EngagementPanel = {
  hot: { opens: 3, hours: 48, lastAt: ago(0.5) },
  heat: Array.from({ length: 30 }, (_, at) => ({
    day: new Date(Date.now() - (29 - at) * DAY_MS).toISOString().slice(0, 10),
    human: [0, 0, 1, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 2, 5][at]!,
    machine: [0, 2, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3][at]!,
  })),
  recipients: [
    recipient(9001, "Ana Reyes", {
      campaigns: [
        { name: "Quote follow-up", lastSentAt: ago(6), isStartedByDeals: true },
        { name: "Welcome to the trial", lastSentAt: ago(300), isStartedByDeals: false },
        { name: "Win-back", lastSentAt: null, isStartedByDeals: true },
      ],
    }),
    recipient(9002, "Marta Ruiz de la Torre", { state: "unsubscribed", since: ago(30) }),
    recipient(9003, "Bartholomew Featherstonehaugh", { state: "bounced", since: ago(50) }),
    recipient(9004, "Luis Mora", { state: "unknown" }),
    recipient(9005, "Nora Vidal", { state: "spam", since: ago(75) }),
  ],
  timeline: { entries: ENTRIES, next: "page2" },
};

/** The pages behind the first one. */
export const OLDER: Record<string, Timeline> = {
  page2: {
    entries: Array.from({ length: 20 }, (_, at) => ({
      ...said("sent", 200 + at * 24),
      subject: `Letter ${40 - at}`,
    })),
    next: "page3",
  },
  page3: { entries: [{ ...said("sent", 900), subject: "The very first letter" }], next: null },
};

/** Shows the card as if this had come back from campaigns. @returns cursors of the older pages asked for, in order */
export async function drawEngagement(
  card: LeadCard,
  serverUrl: string,
  engagement: EngagementPanel | null,
  older = OLDER,
): Promise<string[]> {
  const { page } = card.host;
  const asked: string[] = [];
  let told: { headers: Record<string, string>; body: object } | undefined;
  await page.goto("about:blank");
  await page.route(`${serverUrl}/api/leads/*/card`, async (route) => {
    if (!told) {
      const answer = await route.fetch();
      // A card that is left meanwhile wants no answer any more.
      const body = await answer.json().catch(() => undefined);
      if (body === undefined) return;
      told = { headers: answer.headers(), body };
    }
    await route.fulfill({ headers: told.headers, json: { ...told.body, engagement } });
  });
  await page.route(`${serverUrl}/api/leads/*/engagement**`, async (route) => {
    if (route.request().method() === "OPTIONS") return route.fallback();
    const before = new URL(route.request().url()).searchParams.get("before");
    asked.push(before ?? "");
    const timeline = before === null ? engagement?.timeline : older[before];
    await route.fulfill({ json: timeline ?? {}, headers: { "access-control-allow-origin": "*" } });
  });
  await card.host.open(`/leads/detail/${card.leadId}`);
  return asked;
}
