import { afterAll, beforeAll, expect, test } from "vitest";
import { type Installed, startWorld, until, type World } from "./world.ts";

let world: World;
let account: Installed;
beforeAll(async () => {
  world = await startWorld();
  account = await world.install();
  await world.database.look(`UPDATE account SET settings = '{"settleSeconds": 0.2, "settleAtMostSeconds": 2}'`);
});
afterAll(() => world?.stop());

const read = (id: number) => world.kommo.control.leads.read({ account: account.accountId, ids: [id] })[0]!;

const hotLead = {
  name: "ERP rollout for 40 branches",
  contact: { name: "Ana Reyes", email: "ana@nordwind.example", phone: "+14155550123" },
  note: "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I am the CEO and decide myself. We must go live by March.",
};

test("a new lead gets its score, segment, summary, next action and tag", async () => {
  const { id } = world.kommo.control.leads.create({ account: account.accountId, ...hotLead });
  await until("the lead is written back", () => read(id).fields.DEALSCOPE_SUMMARY !== undefined);
  const lead = read(id);
  expect(lead.fields).toMatchObject({
    DEALSCOPE_SCORE: expect.stringMatching(/^\d+$/),
    DEALSCOPE_SEGMENT: expect.any(String),
    DEALSCOPE_NEXT_ACTION: expect.any(String),
  });
  expect(lead.tags).toEqual([expect.stringMatching(/^dealscope:/)]);
});
