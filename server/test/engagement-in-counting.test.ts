import { AccountSettings } from "@dealscope/shared/account-settings";
import { Card } from "@dealscope/shared/card";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGAGEMENT_OF_LEAD } from "../src/leads/engagement.ts";
import { about, inSeconds, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

const DAY = 24 * 3_600;

/** As an administrator saves it, which is also heard. */
async function save(account: Mailed, change: object) {
  const { admin } = account.engaged;
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  const call = { ...settings.engagement.effects.call, ...change };
  const engagement = { ...settings.engagement, effects: { ...settings.engagement.effects, call } };
  const body = { version, settings: { ...settings, engagement } };
  await admin.send(AccountSettings, "/api/settings", { method: "PUT", body });
  account.forget();
}

/** Reported as sent: what stands in the database, machines and other channels and all. */
async function countedOf(account: Mailed, leadId: number) {
  const [row] = await account.look(ENGAGEMENT_OF_LEAD.replace("WHERE", `WHERE account_id = ${account.id} AND`), [
    leadId,
  ]);
  return row;
}

describe("a call", () => {
  test("is not asked for because of what was read months ago, when nobody wanted calls", async () => {
    const account = await Mailed.open(world, { effects: { call: { isOn: false } } });
    const leadId = await account.deal("ana@x.test");
    for (const ago of [200, 200.1, 200.2]) await account.post(about("ana@x.test", "opened", {}, inSeconds(-ago * DAY)));
    await account.settled();
    await account.want();
    await account.post(about("ana@x.test", "opened"));
    await account.settled();
    expect(account.tasks(leadId)).toEqual([]);
  });

  test("is not asked for because of what was over before the rule was switched on, but what goes on counts", async () => {
    const account = await Mailed.open(world, { effects: { call: { isOn: false } } });
    const [over, going] = [await account.deal("ana@x.test"), await account.deal("bo@x.test")];
    for (const ago of [3, 3.1, 3.2]) await account.post(about("ana@x.test", "opened", {}, inSeconds(-ago * DAY)));
    for (const ago of [0.1, 0.2]) await account.post(about("bo@x.test", "opened", {}, inSeconds(-ago * DAY)));
    await account.settled();
    await save(account, { isOn: true });
    for (const email of ["ana@x.test", "bo@x.test"]) await account.post(about(email, "opened", {}, inSeconds(5)));
    await account.settled();
    expect([account.tasks(over), account.tasks(going)].map(({ length }) => length)).toEqual([0, 1]);
  });
});

test("what was opened within apps and on phones is no mail: no note, no call, nothing hot, and nothing for the score", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  for (const [n, object_type] of ["push", "in_app", "sms"].entries())
    await account.post({ ...about("ana@x.test", "opened", { delivery_id: `p-${n}` }), object_type });
  await account.settled();
  expect(await account.writes()).toEqual([]);
  expect(await account.events("metric = 'opened'")).toHaveLength(3);
  const { engagement } = await account.engaged.admin.get(Card, `/api/leads/${leadId}/card`);
  expect(engagement!.hot).toBeNull();
  expect(engagement!.heat.reduce((sum, { human }) => sum + human, 0)).toBe(0);
  expect(await countedOf(account, leadId)).toEqual({ mails: 0, opens: 0, clicks: 0 });
});

test("a mail that did not leave is none that was sent, for the score", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  await account.post(about("ana@x.test", "bounced", { delivery_id: "never-came" }));
  await account.post(about("ana@x.test", "failed", { delivery_id: "never-left" }));
  await account.post(about("ana@x.test", "sent", { delivery_id: "left" }));
  await account.settled();
  expect(await countedOf(account, leadId)).toEqual({ mails: 1, opens: 0, clicks: 0 });
});

test("a note says so when all that it told turns out to be a scanner's, and tells of people again once there are", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  const mail = account.mail("ana@x.test");
  mail.click("https://shop.test/a", { link_id: 1, at: inSeconds(50) });
  await account.settled();
  expect(account.notes(leadId)).toEqual([expect.stringContaining("Clicked: A.")]);
  mail.click("https://shop.test/b", { link_id: 2, at: inSeconds(51) });
  mail.click("https://shop.test/c", { link_id: 3, at: inSeconds(52) });
  await account.settled();
  expect(account.notes(leadId)).toEqual(["“Your quote”: what was told as read were machines. Nobody has read it yet."]);
  mail.open(inSeconds(3_600));
  await account.settled();
  expect(account.notes(leadId)).toEqual([expect.stringMatching(/^Ana Ruiz: “Your quote” opened 1×, last .*\d\.$/)]);
});
