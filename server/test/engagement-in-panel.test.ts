import { Card } from "@dealscope/shared/card";
import { type EngagementPanel, Timeline } from "@dealscope/shared/engagement-panel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { about, inSeconds, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Browser } from "./widget-api-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

async function panelOf(account: Mailed, leadId: number): Promise<EngagementPanel> {
  const { engagement } = await account.engaged.admin.get(Card, `/api/leads/${leadId}/card`);
  return engagement!;
}

const DAY = 24 * 3_600;

test("an account that is not connected has no panel", async () => {
  const { accountId, adminId } = await world.install();
  const { id } = world.kommo.control.leads.create({ account: accountId, name: "Roof" });
  const admin = await Browser.open(world, accountId, adminId);
  expect((await admin.get(Card, `/api/leads/${id}/card`)).engagement).toBeNull();
});

test("the timeline shows mails, what machines did with them, moves and the call, newest first, and no delivery's id", async () => {
  const account = await Mailed.open(world, { effects: { call: { opens: 1 } } });
  const leadId = await account.deal("ana@x.test");
  const mail = account.mail("ana@x.test");
  await account.settled();
  mail.machineOpen();
  mail.open();
  await account.settled();
  const [first, second] = account.installed.statusIds;
  account.control.leads.move({ account: account.id, id: leadId, status_id: second! });
  await until("the move is heard", async () => {
    const moves = await account.look("SELECT 1 FROM stage_change WHERE account_id = $1", [account.id]);
    return moves.length > 0;
  });
  mail.click("https://shop.test/pricing?token=secret");
  mail.unsubscribe();
  await account.settled();
  const { hot } = await panelOf(account, leadId);
  expect(hot).toMatchObject({ opens: 2, hours: 48 });
  // A card needs more of a verdict than the timeline does.
  await account.look(
    `INSERT INTO verdict (account_id, lead_id, status, segment, score, input_hash, asked_by, decided_at)
     VALUES ($1, $2, 'qualified', 'hot', 81, '', 'events', app_now() + interval '2 minutes')`,
    [account.id, leadId],
  );
  const timeline = await account.engaged.admin.get(Timeline, `/api/leads/${leadId}/engagement`);
  const at = timeline.entries.map((entry) => Date.parse(entry.at));
  expect(at).toEqual(at.toSorted((a, b) => b - a));
  expect(timeline.next).toBeNull();
  const nameOf = (id: number) =>
    account.control.accounts
      .show({ account: account.id })
      .pipelines.flatMap(({ statuses }) => statuses)
      .find((status) => status.id === id)!.name;
  const of = (kind: string) => timeline.entries.filter((entry) => entry.kind === kind);
  const person = { contactId: account.contactOf(leadId), name: "Ana Ruiz" };
  expect(timeline.entries[0]).toMatchObject({ kind: "verdict", score: 81, segment: { key: "hot" } });
  expect(of("clicked")).toMatchObject([{ link: "https://shop.test/pricing", machine: null, person }]);
  expect(
    of("opened")
      .map((entry) => entry.kind === "opened" && entry.machine)
      .sort(),
  ).toEqual([null, "prefetched"].sort());
  expect(of("sent")).toMatchObject([{ person, channel: "email", subject: "Your quote", campaign: "Quotes" }]);
  expect(of("delivered")).toHaveLength(1);
  expect(of("unsubscribed")).toMatchObject([{ subject: "Your quote" }]);
  expect(of("call")).toMatchObject([{ opens: 1, hours: 48 }]);
  expect(of("stage")).toMatchObject([{ from: nameOf(first!), to: nameOf(second!) }]);
  expect(JSON.stringify(timeline)).not.toContain(mail.delivery_id);
});

test("long histories are paged without a gap or a double, however many things share a second", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  const told = Array.from({ length: 53 }, (_, n) => about("ana@x.test", "sent", {}, inSeconds(-Math.floor(n / 10))));
  for (const event of told) await account.post(event);
  await account.settled();
  const seen: string[] = [];
  let { entries, next } = (await panelOf(account, leadId)).timeline;
  seen.push(...entries.map(({ id }) => id));
  while (next !== null) {
    const path: string = `/api/leads/${leadId}/engagement?before=${next}`;
    ({ entries, next } = await account.engaged.admin.get(Timeline, path));
    seen.push(...entries.map(({ id }) => id));
  }
  const mails = seen.filter((id) => id.startsWith("m"));
  expect(mails).toHaveLength(53);
  expect(new Set(seen).size).toBe(seen.length);
});

test("a page that was never given out does not exist, and a lead that may not be seen has no timeline", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  const { admin } = account.engaged;
  expect(await admin.refusal(`/api/leads/${leadId}/engagement?before=abc`)).toEqual([400, "invalid_input"]);
  expect(await admin.refusal(`/api/leads/${leadId}/engagement?before=a%20b`)).toEqual([400, "invalid_input"]);
  const rights = { leads: { view: "M", edit: "M", add: "A", delete: "A", export: "A" } } as const;
  const { id } = account.control.accounts.addUser({ account: account.id, name: "Robin", rights });
  const robin = await Browser.open(world, account.id, id);
  expect(await robin.refusal(`/api/leads/${leadId}/engagement`)).toEqual([404, "not_found"]);
});

test("the heat line has 30 days of the account's time zone, people and machines apart", async () => {
  const account = await Mailed.open(world);
  await account.look("UPDATE account SET timezone = 'Pacific/Kiritimati' WHERE account_id = $1", [account.id]);
  account.forget();
  const leadId = await account.deal("ana@x.test");
  for (const [metric, data, daysAgo] of [
    ["opened", {}, 0],
    ["clicked", { link_id: 1 }, 0],
    ["opened", { prefetched: true }, 0],
    ["opened", {}, 10],
    ["opened", {}, 40],
    ["sent", { delivery_id: "another" }, 0],
  ] as const) {
    await account.post(about("ana@x.test", metric, { delivery_id: `d${daysAgo}`, ...data }, inSeconds(-daysAgo * DAY)));
  }
  await account.settled();
  const { heat } = await panelOf(account, leadId);
  const day = (daysAgo: number) =>
    new Intl.DateTimeFormat("en-CA", { timeZone: "Pacific/Kiritimati" }).format(Date.now() - daysAgo * DAY * 1000);
  expect(heat.map((one) => one.day)).toEqual(Array.from({ length: 30 }, (_, n) => day(29 - n)));
  expect(heat.filter(({ human, machine }) => human + machine > 0)).toEqual([
    { day: day(10), human: 1, machine: 0 },
    { day: day(0), human: 2, machine: 1 },
  ]);
});

test("a deal is hot as long as enough was read in the last hours, by the account's own figures", async () => {
  const account = await Mailed.open(world, { effects: { call: { isOn: false, opens: 2, hours: 24, clickCounts: 0 } } });
  const leadId = await account.deal("ana@x.test");
  await account.post(about("ana@x.test", "opened", {}, inSeconds(-2 * DAY)));
  await account.post(about("ana@x.test", "opened"));
  await account.post(about("ana@x.test", "clicked", { link_id: 1 }));
  await account.settled();
  expect((await panelOf(account, leadId)).hot).toBeNull();
  const last = about("ana@x.test", "opened", {}, inSeconds(-60));
  await account.post(last);
  await account.settled();
  expect((await panelOf(account, leadId)).hot).toMatchObject({ opens: 2, hours: 24 });
});

test("says of each of the deal's people how campaigns may write to him, and which do or wait", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  const recipientOf = async (email: string) => {
    const id = await account.deal(email);
    return { id, of: async () => (await panelOf(account, id)).recipients[0]! };
  };
  const bounced = await recipientOf("bo@x.test");
  const spam = await recipientOf("cy@x.test");
  const unsubscribed = await recipientOf("di@x.test");
  const unknown = await recipientOf("ed@x.test");
  account.mail("ana@x.test", { campaign_id: 7 });
  account.mail("ana@x.test", { campaign_id: 8, subject: "News of May" });
  account.mail("bo@x.test").bounce("550");
  account.mail("cy@x.test").spam();
  account.mail("di@x.test").unsubscribe();
  await account.settled();
  await account.look(
    `INSERT INTO customerio_source (account_id, kind, source_id, name, is_ours) VALUES ($1, 'campaign', '9', 'Win back', true)
     ON CONFLICT (account_id, kind, source_id) DO UPDATE SET name = excluded.name, is_ours = true`,
    [account.id],
  );
  const [ana] = (await panelOf(account, leadId)).recipients;
  expect(ana).toMatchObject({ name: "Ana Ruiz", state: "reachable", since: null });
  expect(ana!.campaigns.at(-1)).toEqual({ name: "Win back", lastSentAt: null, isStartedByDeals: true });
  expect(ana!.campaigns.slice(0, 2).map(({ lastSentAt }) => lastSentAt)).toEqual([
    expect.any(String),
    expect.any(String),
  ]);
  expect(ana!.campaigns.map(({ name }) => name)).toContain("News of May");
  expect((await bounced.of()).state).toBe("bounced");
  expect((await spam.of()).state).toBe("spam");
  expect(await unsubscribed.of()).toMatchObject({ state: "unsubscribed", since: expect.any(String) });
  expect((await unknown.of()).state).toBe("unknown");
});

test("campaigns have their names by the App API, and their subjects without its key", async () => {
  const { customerio } = world;
  const account = await Mailed.open(world);
  const { campaigns } = customerio.control;
  const made = campaigns.define({
    ...{ workspace: account.workspace, name: "Win back", subject: "Come back" },
    event_name: "deal_lost",
  });
  const leadId = await account.deal("ana@x.test");
  account.mail("ana@x.test", { campaign_id: made.id });
  await account.settled();
  await until("the name is known", async () => {
    await account.settled();
    return (await panelOf(account, leadId)).recipients[0]!.campaigns[0]?.name === "Win back";
  });
  const { recipients, timeline } = await panelOf(account, leadId);
  expect(recipients[0]!.campaigns[0]).toMatchObject({ isStartedByDeals: true });
  expect(timeline.entries.filter(({ kind }) => kind === "sent")).toMatchObject([{ campaign: "Win back" }]);

  const keyless = await Mailed.open(world);
  await keyless.look("UPDATE customerio_connection SET app_key_sealed = NULL WHERE account_id = $1", [keyless.id]);
  const another = await keyless.deal("ana@x.test");
  keyless.mail("ana@x.test", { subject: "Your roof", campaign_id: 77 });
  await keyless.settled();
  const names = (await panelOf(keyless, another)).recipients[0]!.campaigns.map(({ name }) => name);
  expect(names).toContain("Your roof");
});
