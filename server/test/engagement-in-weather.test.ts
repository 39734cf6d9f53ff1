import { afterAll, beforeAll, expect, test } from "vitest";
import { inSeconds, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld({ customerio: { seed: 5 } });
});
afterAll(() => world?.stop());

test("in weather that doubles and mixes webhooks, the notes, the task and the timeline are those of a fair day", async () => {
  const account = await Mailed.open(world);
  world.customerio.control.webhooks.weather({ duplicateRate: 0.5, reorderWithinMs: 400 });
  const days = await account.deal("ana@x.test");
  const quiet = await account.deal("bo@x.test");
  const [mail, other] = [account.mail("ana@x.test"), account.mail("bo@x.test")];
  for (const hours of [-30, -20, -60, -10]) mail.open(inSeconds(hours * 3_600));
  for (const hours of [-1, -60]) other.open(inSeconds(hours * 3_600));
  for (const _ of [1, 2, 3]) other.machineOpen();
  await expect.poll(async () => (await account.events()).length, { timeout: 20_000 }).toBe(13);
  await account.settled();
  world.customerio.control.webhooks.weather({});
  expect((await account.events()).length).toBe(13);
  expect(account.tasks(days)).toEqual([expect.stringMatching(/opened our mails 3×/)]);
  expect(account.notes(days)).toEqual([expect.stringMatching(/opened 4×/)]);
  expect(account.tasks(quiet)).toEqual([]);
  expect(account.notes(quiet)).toEqual([expect.stringMatching(/opened 2×/)]);
});
