import { PromptVersion, PromptVersionNumber } from "@dealscope/shared/prompt-versions";
import type { Criterion } from "@dealscope/shared/qualification";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_PROMPT } from "../src/qualification/prompt/default-prompt.ts";
import { Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

const MAILS: Criterion = {
  ...{ key: "mails", name: "Reads our mails", description: "What is done with mails", weight: 100 },
  anchors: ["0", "1", "2", "3", "5", "8"],
  judgedBy: "engagement",
};

const WORDS = "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I decide. We go live by March.";

/** A lead that was judged once, in an account whose rubric has these criteria. */
async function judged(email: string, criteria: Criterion[]) {
  const account = await Mailed.open(world);
  const { admin } = account.engaged;
  const body = { ...DEFAULT_PROMPT, criteria };
  const { number } = await admin.send(PromptVersionNumber, "/api/prompt-versions", { body });
  await admin.send(PromptVersion, `/api/prompt-versions/${number}/publish`, {});
  await account.set({ triggers: { onContentChange: false } });
  const leadId = await account.deal(email, { name: WORDS });
  await account.written(leadId);
  return { account, leadId };
}

test("three human opens raise the score where there is a criterion of mails, and the verdict says by what", async () => {
  const { account, leadId } = await judged("reads@x.test", [...DEFAULT_PROMPT.criteria.slice(0, 4), MAILS]);
  const [before] = await account.verdicts(leadId);
  const mail = account.mail("reads@x.test");
  for (let opened = 0; opened < 3; opened++) mail.open();
  await until("another verdict is there", async () => (await account.verdicts(leadId)).length > 1);
  await until("the score has risen", async () => (await account.verdicts(leadId)).at(-1)!.score! > before!.score!);
  const [last] = await account.look<{ detail: { criteria: { key: string; level: number; quote: string }[] } }>(
    "SELECT detail FROM verdict WHERE account_id = $1 AND lead_id = $2 ORDER BY id DESC LIMIT 1",
    [account.id, leadId],
  );
  expect(last!.detail.criteria.at(-1)).toMatchObject({
    key: "mails",
    level: 3,
    quote: expect.stringContaining("Opened: 3"),
  });
});

test("without one nothing that is done with mails asks for a verdict", async () => {
  const { account, leadId } = await judged("silent@x.test", DEFAULT_PROMPT.criteria);
  const mail = account.mail("silent@x.test");
  for (let opened = 0; opened < 3; opened++) mail.open();
  await until("a call is asked for", () => account.tasks(leadId).length === 1);
  await account.quiet();
  expect(await account.verdicts(leadId)).toHaveLength(1);
});
