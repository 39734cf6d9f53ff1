import { Card } from "@dealscope/shared/card";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

test("a move starts a campaign whose mail comes back to that very deal, and the third open asks for a call", async () => {
  const account = await Mailed.open(world, { isOn: true });
  const { workspace } = account;
  const { campaigns, people } = account.customerio;
  campaigns.define({ workspace, name: "Moved", subject: "Your next step", event_name: "deal_stage_changed" });
  const leadId = account.create({ name: "Roof", contact: { name: "Ana Ruiz", email: "ana@x.test" } });
  await until("Customer.io knows her", () =>
    people
      .list({ workspace })
      .some(({ attributes }) => attributes.deal_id === String(leadId) || attributes.deal_id === leadId),
  );
  // A newer deal of hers, which mail would be counted for if nobody knew better.
  const later = account.create({ name: "Later" });
  await account.link(later, account.contactOf(leadId));
  await account.read(later);
  account.control.leads.move({ account: account.id, id: leadId, status_id: account.installed.statusIds[1]! });
  const sent = async () => (await account.events("metric = 'sent'"))[0];
  await until("the campaign has written", async () => (await sent()) !== undefined);
  expect(await sent()).toMatchObject({ lead_id: leadId, contact_id: account.contactOf(leadId) });
  const mail = account.mailOf((await sent())!.delivery_id);
  for (const _ of [1, 2, 3]) mail.open();
  await account.settled();
  expect(account.tasks(leadId)).toEqual([expect.stringMatching(/^Call Ana Ruiz: opened our mails 3×/)]);
  expect(account.tasks(later)).toEqual([]);
  const { engagement } = await account.engaged.admin.get(Card, `/api/leads/${leadId}/card`);
  expect(engagement!.hot).toMatchObject({ opens: 3 });
  const kinds = engagement!.timeline.entries.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(["call", "opened", "sent", "stage"]));
  await until("the campaign is named as one that deals start", async () => {
    await account.settled();
    const card = await account.engaged.admin.get(Card, `/api/leads/${leadId}/card`);
    const [campaign] = card.engagement!.recipients[0]!.campaigns;
    return campaign?.name === "Moved" && campaign.isStartedByDeals;
  });
});

test("who unsubscribes is ticked in Kommo, which tells us and Customer.io nothing new; and the other way round", async () => {
  const account = await Mailed.open(world);
  const optOutFieldId = await account.checkbox();
  await account.want({ isOn: true, optOutFieldId });
  const { workspace } = account;
  const { people, ledger } = account.customerio;
  const known = (email: string) => people.list({ workspace }).find((one) => one.email === email);
  const [one, other] = ["ana@x.test", "bo@x.test"].map((email) =>
    account.create({ name: "Roof", contact: { name: email, email } }),
  );
  await until("Customer.io knows both", () => Boolean(known("ana@x.test") && known("bo@x.test")));
  account.mail("ana@x.test").unsubscribe();
  await account.settled();
  expect(await account.shown(account.contactOf(one!), optOutFieldId)).toBe(true);
  account.control.contacts.edit({
    ...{ account: account.id, id: account.contactOf(other!) },
    fields: { "No mails": true },
  });
  await until("Customer.io has heard of the tick", () => known("bo@x.test")?.unsubscribed === true);
  await until("the echo is heard", async () => (await account.events("metric = 'unsubscribed'")).length === 3);
  await account.quiet("customerio_deal");
  await account.settled();
  expect((await account.person("ana@x.test"))?.unsubscribed_by).toBe("customerio");
  expect((await account.person("bo@x.test"))?.unsubscribed_by).toBe("kommo");
  expect(account.notes(one!)).toHaveLength(1);
  expect(account.notes(other!)).toEqual([]);
  const words = ledger
    .entries({ account: workspace })
    .flatMap(({ body }) => JSON.stringify(body ?? "").match(/"unsubscribed":\w+/g) ?? []);
  expect(words).toEqual(['"unsubscribed":true']);
  // Neither of them starts a campaign any more; what is known of their deals is still right.
  const stage = account.installed.statusIds[1]!;
  for (const id of [one!, other!]) account.control.leads.move({ account: account.id, id, status_id: stage });
  await until("Customer.io knows where the deals stand", () =>
    ["ana@x.test", "bo@x.test"].every((email) => Number(known(email)?.attributes.deal_stage_id) === stage),
  );
  expect(people.events({ workspace }).filter(({ name }) => name === "deal_stage_changed")).toEqual([]);
});
