import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { lockLeads } from "../src/database/lock-leads.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import { lockPersons } from "../src/engagement/outbound/people/person-rows.ts";
import { Listeners } from "../src/webhooks/listeners.ts";
import { readMailTold } from "../src/webhooks/mail-told.ts";
import { about, Mailed } from "./engagement-in-kit.ts";
import { connect, type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

test("what is told of a mail while its deal is told to Customer.io waits for it, and neither is undone", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  await account.want({ effects: { notes: { isOn: false } } });
  await account.post(about("ana@x.test", "opened"));
  await account.settled();
  const { id: personId } = (await account.person("ana@x.test"))!;
  const tenancy = world.server.app.get(Tenancy);
  const told = about("ana@x.test", "unsubscribed");
  told.data.identifiers.cio_id = "another-id";
  const event = { type: "mail.told" as const, ...readMailTold(JSON.stringify(told)).told! };
  const unpacked = vi.fn();
  let unpacking: Promise<unknown> = Promise.resolve();
  await tenancy.run(account.id, async (tx) => {
    await lockLeads(tx, account.id, [leadId]);
    unpacking = tenancy
      .run(account.id, (other) => world.server.app.get(Listeners).tell(other, account.id, [event]))
      .then(unpacked);
    await until("it waits for the deal", async () => {
      // To lock it, and not to bring it up to date, as whoever reads deals does; perhaps behind one of those.
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                          AND query LIKE 'INSERT INTO lead (%'`;
      return (await account.look(waiting)).length > 0;
    });
    expect(unpacked).not.toHaveBeenCalled();
    await lockPersons(tx, [personId]);
  });
  await unpacking;
  await account.settled();
  expect(account.notes(leadId).filter((note) => note.includes("unsubscribed"))).toHaveLength(1);
});

test("an App key that is refused is not asked with again for each mail, and another one at once", async () => {
  const account = await Mailed.open(world);
  await account.deal("ana@x.test");
  await account.settled();
  const key = account.customerio.workspaces.replaceKey({ workspace: account.workspace, kind: "app" });
  const asked = () =>
    account.customerio.ledger
      .entries({ account: account.workspace })
      .filter(({ path }) => path.startsWith("/v1/campaigns")).length;
  const work = async () =>
    (
      await account.look<{ waits_on: string }>(
        "SELECT waits_on FROM work WHERE account_id = $1 AND kind = 'mail_sources' AND state = 'open'",
        [account.id],
      )
    )[0]?.waits_on;
  const mailOf = (campaign_id: number) =>
    account.post(about("ana@x.test", "sent", { campaign_id, delivery_id: `d-${campaign_id}` }));
  await mailOf(90);
  await until("the key is refused", async () => (await work()) === "customerio_key");
  const before = asked();
  for (const campaign of [91, 92, 93]) {
    await mailOf(campaign);
    await until("it is kept", async () => (await account.events(`source_id = '${campaign}'`)).length > 0);
  }
  await account.quiet();
  expect(asked()).toBe(before);
  await connect(account.engaged.admin, { siteId: account.engaged.workspace.site_id, appKey: key.key });
  await until("the other key is asked with", () => asked() > before);
});
