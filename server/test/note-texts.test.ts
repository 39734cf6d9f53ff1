import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { WriteBack } from "../src/write-back/write-back.ts";
import type { NewWrite } from "../src/write-back/write-row.ts";
import { TestAccount, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = new TestAccount(world, await world.install());
  await account.set({ triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
});
beforeEach(() => world.kommo.control.faults.clear());
afterAll(() => world?.stop());

function put(...writes: NewWrite[]) {
  const { app } = world.server;
  return app.get(Tenancy).run(account.id, async (tx) => {
    for (const write of writes) await app.get(WriteBack).put(tx, account.id, write);
  });
}

const note = (leadId: number, marker: string, text: string): NewWrite => ({
  ...{ leadId, origin: "engagement", target: "note", marker },
  body: { text },
});
const words = (leadId: number, marker: string, text: string): NewWrite => ({
  ...{ leadId, origin: "engagement", target: "note_text" },
  body: { marker, text },
});
const texts = (leadId: number) => account.lead(leadId).notes.map(({ params }) => (params as { text: string }).text);

test("a note of ours gets other words and keeps its mark, and the newest words win", async () => {
  const leadId = account.create({ name: "Roof" });
  await put(note(leadId, "DS-note0001", "Opened once"));
  await until("the note is there", () => texts(leadId).length === 1);
  await put(words(leadId, "DS-note0001", "Opened twice"), words(leadId, "DS-note0001", "Opened 3 times"));
  await until("it says so", () => texts(leadId)[0]?.includes("Opened 3 times") ?? false);
  expect(texts(leadId)).toEqual(["Opened 3 times\n· DS-note0001"]);
});

test("other words for a note that is being made wait for it", async () => {
  const leadId = account.create({ name: "Roof" });
  const match = { method: "POST", path: "/api/v4/leads/notes", account: account.id };
  world.kommo.control.faults.add({ match, times: 1, effect: { kind: "delay", ms: 1_000 } });
  await put(note(leadId, "DS-note0002", "Opened once"));
  await put(words(leadId, "DS-note0002", "Opened twice"));
  await until("it says so", () => texts(leadId)[0]?.includes("Opened twice") ?? false);
  expect(texts(leadId)).toHaveLength(1);
});

test("many notes get their words in one call, and one that Kommo refuses keeps none of the others from it", async () => {
  const leads = [1, 2, 3].map((n) => account.create({ name: `Roof ${n}` }));
  const marker = (leadId: number) => `DS-${String(leadId).slice(-8).padStart(8, "0")}`;
  await put(...leads.map((leadId) => note(leadId, marker(leadId), "Opened once")));
  await until("the notes are there", () => leads.every((leadId) => texts(leadId).length === 1));
  const before = account.calls("PATCH /api/v4/leads/notes");
  await put(...leads.map((leadId) => words(leadId, marker(leadId), "Opened twice")));
  await until("they say so", () => leads.every((leadId) => texts(leadId)[0]!.includes("twice")));
  expect(account.calls("PATCH /api/v4/leads/notes") - before).toBe(1);

  await account.look("UPDATE write SET kommo_id = 1 WHERE account_id = $1 AND marker = $2", [
    account.id,
    marker(leads[1]!),
  ]);
  await put(...leads.map((leadId) => words(leadId, marker(leadId), "Opened 3 times")));
  await until("the others say so", () => [0, 2].every((place) => texts(leads[place]!)[0]!.includes("3 times")));
  expect(texts(leads[1]!)[0]).toContain("twice");
});
