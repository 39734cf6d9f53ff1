import type { Committee, CommitteeMember } from "@dealscope/shared/committee";
import type { LeadCard } from "./lead-card.ts";

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

const member = (contactId: number, name: string, part: Partial<CommitteeMember> = {}): CommitteeMember => ({
  ...{ contactId, name, isMain: false, role: null, approval: "pending", approvalBy: null, approvalAt: null },
  ...{ approvalNote: "", weight: 0, ownWeight: null, lastTouchAt: null, isSilent: false, suggestion: null },
  ...part,
});

/** A committee with one of everything that the panel can show. */
export const CROWDED: Committee = {
  roles: [
    { key: "decision_maker", name: "Decision maker", weight: 100, decides: true, opposes: false },
    { key: "economic_buyer", name: "Economic buyer", weight: 90, decides: true, opposes: false },
    { key: "technical_evangelist", name: "Technical evangelist", weight: 70, decides: false, opposes: false },
    { key: "lawyer", name: "Lawyer", weight: 60, decides: false, opposes: false },
    { key: "blocker", name: "Blocker", weight: 80, decides: false, opposes: true },
  ],
  members: [
    member(9001, "Ana Reyes", {
      ...{ isMain: true, role: "technical_evangelist", approval: "approved", approvalBy: "Kim Vale" },
      ...{ approvalAt: ago(3), approvalNote: "After the trial", weight: 70, lastTouchAt: ago(2) },
    }),
    member(9002, "Marta Ruiz de la Torre", { role: "lawyer", weight: 60, lastTouchAt: ago(31), isSilent: true }),
    member(9003, "Bartholomew Featherstonehaugh", {
      ...{ role: "blocker", approval: "rejected", approvalBy: "Kim Vale", approvalAt: ago(9) },
      ...{ approvalNote: "He wants to keep the old system.", weight: 85, ownWeight: 85, lastTouchAt: ago(9) },
    }),
    member(9004, "Luis Mora", {
      lastTouchAt: ago(1),
      suggestion: {
        ...{ id: 1, role: "economic_buyer", quote: "The budget for this is mine, and I sign it off." },
        saidIn: { kind: "message", id: "m1", at: ago(1) },
      },
    }),
  ],
  coverage: { percent: 46, missing: ["decision_maker", "economic_buyer"] },
  marks: ["single_thread", "no_decision_maker"],
  objections: [
    {
      ...{ id: 1, contactId: 9003, text: "Costs more than what we have", weight: 90, state: "open", quote: null },
      ...{ saidIn: null, since: ago(9), answeredAt: null },
    },
    {
      ...{ id: 2, contactId: 9004, text: "Security concerns", weight: 50, state: "suggested" },
      ...{ quote: "Our security people will never allow that.", saidIn: { kind: "note", id: "n1", at: ago(4) } },
      ...{ since: ago(4), answeredAt: null },
    },
    {
      ...{ id: 3, contactId: 9001, text: "No import of old contacts", weight: 25, state: "answered", quote: null },
      ...{ saidIn: null, since: ago(20), answeredAt: ago(12) },
    },
  ],
  joining: [{ name: "Nora Vidal", state: "waiting", why: null }],
  hold: {
    id: 1,
    wanted: { pipelineId: 1, statusId: 2, name: "Contract signed" },
    since: ago(2),
    missing: [
      { kind: "approval", role: "lawyer", contactId: 9002, approval: "pending" },
      { kind: "role", role: "decision_maker" },
      { kind: "coverage", has: 46, needs: 60 },
      { kind: "field", fieldId: 7 },
      { kind: "skipped", statusId: 3 },
    ],
    names: [
      { kind: "field", id: 7, name: "Contract number" },
      { kind: "stage", id: 3, name: "Legal review" },
    ],
    overruledBy: null,
    mayOverrule: true,
    refusal: "A user of this token may not change this deal.",
  },
  standstill: {
    days: 42,
    because: [
      { kind: "approval", contactId: 9002, role: "lawyer", text: "", days: 30 },
      { kind: "objection", contactId: 9003, role: "blocker", text: "Costs more than what we have", days: 9 },
    ],
  },
};

/** Shows the card as if these people were in the deal. */
export async function drawCommittee(card: LeadCard, serverUrl: string, committee: Committee): Promise<void> {
  const { page } = card.host;
  // What the card asks for again and again is answered from what it was told first.
  let told: { headers: Record<string, string>; body: object } | undefined;
  await page.goto("about:blank");
  await page.route(`${serverUrl}/api/leads/*/card`, async (route) => {
    if (!told) {
      const answer = await route.fetch();
      told = { headers: answer.headers(), body: await answer.json() };
    }
    await route.fulfill({ headers: told.headers, json: { ...told.body, committee } });
  });
  await card.host.open(`/leads/detail/${card.leadId}`);
}
