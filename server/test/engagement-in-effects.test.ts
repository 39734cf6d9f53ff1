import { AccountSettings } from "@dealscope/shared/account-settings";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { about, inSeconds, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

const TIME = String.raw`\d{1,2} \w{3,4}, \d\d:\d\d`;

describe("notes", () => {
  test("one for each mail, made when somebody reads it and given other words as more is done with it", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test");
    const mail = account.mail("ana@x.test");
    await account.settled();
    expect(account.notes(leadId)).toEqual([]);
    mail.open();
    await account.settled();
    expect(account.notes(leadId)).toEqual([
      expect.stringMatching(new RegExp(`^Ana Ruiz: “Your quote” opened 1×, last ${TIME}\\.$`)),
    ]);
    mail.open();
    mail.click("https://shop.test/en/pricing-plans?token=secret", { link_id: 1 });
    mail.click("https://shop.test/demo", { link_id: 2, at: inSeconds(90) });
    await account.settled();
    expect(account.notes(leadId)).toEqual([
      expect.stringMatching(
        new RegExp(`^Ana Ruiz: “Your quote” opened 2×, last ${TIME}\\. Clicked: Pricing plans, Demo\\.$`),
      ),
    ]);
    account.mail("ana@x.test", { subject: "Another" }).open();
    await account.settled();
    expect(account.notes(leadId)).toHaveLength(2);
    expect(
      (await account.writes()).filter(({ target }) => target.startsWith("note")).map(({ target }) => target),
    ).toEqual(["note", "note_text", "note"]);
  });

  test("the words are the administrator's, with the campaign's name where it is known", async () => {
    const text = "{{person}} | {{ subject }} | {{campaign}} | {{opens}} | {{clicks}}";
    const account = await Mailed.open(world, { effects: { notes: { text } } });
    const leadId = await account.deal("ana@x.test");
    // By then the workspace's campaigns are known.
    await account.settled();
    account.mail("ana@x.test").open();
    await account.settled();
    expect(account.notes(leadId)).toEqual(["Ana Ruiz | Your quote | Quotes | 1 |"]);
  });

  test("what happened before is told in the account's language and time zone", async () => {
    const account = await Mailed.open(world);
    await account.look("UPDATE account SET language = 'pt', timezone = 'America/Sao_Paulo' WHERE account_id = $1", [
      account.id,
    ]);
    account.forget();
    const leadId = await account.deal("ana@x.test");
    const mail = account.mail("ana@x.test");
    mail.open(Date.UTC(2026, 10, 2, 1, 5) / 1000);
    await account.settled();
    expect(account.notes(leadId)[0]).toContain("last 1 de nov., 22:05");
  });

  test("nothing is written twice, and nothing of the time when nobody wanted notes", async () => {
    const account = await Mailed.open(world, { effects: { notes: { isOn: false } } });
    const leadId = await account.deal("ana@x.test");
    account.mail("ana@x.test").open();
    await account.settled();
    await account.look(
      "UPDATE engagement_event SET received_at = received_at - interval '4 days' WHERE account_id = $1",
      [account.id],
    );
    await account.want();
    account.mail("ana@x.test", { subject: "News" }).open();
    await account.settled();
    expect(account.notes(leadId)).toEqual([expect.stringContaining("“News”")]);
    const before = await account.writes();
    await account.ask("mail_notes", leadId);
    await account.settled();
    expect(await account.writes()).toEqual(before);
  });

  test.each([
    ["are switched off", { effects: { notes: { isOn: false } } }, {}],
    ["would be written in a dry run", {}, { dryRun: true }],
  ])("none where they %s", async (_, engagement, more) => {
    const account = await Mailed.open(world);
    await account.want(engagement, more);
    await account.deal("ana@x.test");
    account.mail("ana@x.test").open();
    await account.settled();
    expect(await account.writes()).toEqual([]);
  });

  test("a link of a script is told of as text that leads nowhere", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test");
    account.mail("ana@x.test").click("javascript:alert(1)");
    await account.settled();
    expect(account.notes(leadId)).toEqual([expect.stringMatching(/opened 1×.*Clicked: –\.$/)]);
  });

  test("a click that turns out to be a scanner's is told of no more", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test");
    const mail = account.mail("ana@x.test");
    mail.open();
    mail.click("https://shop.test/a", { link_id: 1, at: inSeconds(50) });
    await account.settled();
    expect(account.notes(leadId)[0]).toContain("Clicked: A.");
    mail.click("https://shop.test/b", { link_id: 2, at: inSeconds(51) });
    mail.click("https://shop.test/c", { link_id: 3, at: inSeconds(52) });
    await account.settled();
    expect(account.notes(leadId)).toEqual([expect.not.stringContaining("Clicked")]);
  });
});

describe("a call", () => {
  test("is asked for by a task when three opens fall into 48 hours; it lists them, and there is one", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test", { responsible_user_id: account.installed.adminId });
    const quote = account.mail("ana@x.test");
    const news = account.mail("ana@x.test", { subject: "News" });
    quote.open();
    news.open();
    await account.settled();
    expect(account.tasks(leadId)).toEqual([]);
    quote.open();
    await account.settled();
    expect(account.tasks(leadId)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Call Ana Ruiz: opened our mails 3× within 48 hours\\.\n(· ${TIME} opened “(Your quote|News)”\n?){3}$`,
        ),
      ),
    ]);
    const [task] = account.lead(leadId).tasks;
    expect(task).toMatchObject({ responsible_user_id: account.installed.adminId, is_completed: false });
    for (const _ of [1, 2, 3]) quote.open();
    await account.settled();
    expect(account.tasks(leadId)).toHaveLength(1);
  });

  test("counts two people of one deal together, and two deals apart", async () => {
    const account = await Mailed.open(world, { effects: { call: { opens: 2 } } });
    const one = await account.deal("ana@x.test");
    const other = await account.deal("bo@x.test");
    account.mail("ana@x.test").open();
    account.mail("bo@x.test").open();
    await account.settled();
    expect([account.tasks(one), account.tasks(other)]).toEqual([[], []]);
  });

  test("is not asked for by machines, nor by proxies unless they are chosen to count", async () => {
    const account = await Mailed.open(world, { effects: { call: { opens: 2 } } });
    const leadId = await account.deal("ana@x.test");
    const mail = account.mail("ana@x.test");
    for (const _ of [1, 2, 3]) mail.machineOpen();
    mail.click("https://shop.test/", { machine: true });
    await account.settled();
    expect(await account.writes()).toEqual([]);
    mail.openByProxy();
    mail.openByProxy();
    await account.settled();
    expect(await account.writes()).toEqual([]);
    expect((await account.events("is_proxied AND machine = 'proxied'")).length).toBe(2);

    const { admin } = account.engaged;
    const { version, settings } = await admin.get(AccountSettings, "/api/settings");
    const { engagement } = settings;
    const effects = { ...engagement.effects, proxiedCounts: true };
    const body = { version, settings: { ...settings, engagement: { ...engagement, effects } } };
    await admin.send(AccountSettings, "/api/settings", { method: "PUT", body });
    account.forget();
    mail.openByProxy();
    await account.settled();
    expect(account.tasks(leadId)).toHaveLength(1);
  });

  test.each([
    [0, 0],
    [2, 1],
  ])("with a click worth %i opens, one click asks for %i tasks", async (clickCounts, tasks) => {
    const account = await Mailed.open(world, { effects: { call: { opens: 2, clickCounts } } });
    const leadId = await account.deal("ana@x.test");
    account.mail("ana@x.test").click("https://shop.test/pricing");
    await account.settled();
    expect(account.tasks(leadId)).toHaveLength(tasks);
    if (tasks) expect(account.tasks(leadId)[0]).toContain("clicked Pricing in “Your quote”");
  });

  test("is not asked for by a scanner that nobody has marked, however few clicks would be enough", async () => {
    const account = await Mailed.open(world, { effects: { call: { opens: 2 } } });
    const leadId = await account.deal("ana@x.test");
    const click = (link: number) =>
      account.post(
        about("ana@x.test", "clicked", { link_id: link, href: `https://shop.test/${link}` }, inSeconds(link)),
      );
    await click(1);
    await click(2);
    await until("a call is thought of", async () => {
      const [work] = await account.look<{ last_error: string | null }>(
        "SELECT last_error FROM work WHERE account_id = $1 AND kind = 'mail_call'",
        [account.id],
      );
      const calls = await account.look("SELECT 1 FROM engagement_call WHERE account_id = $1", [account.id]);
      return Boolean(work?.last_error) || calls.length > 0;
    });
    await click(3);
    await account.settled();
    expect(account.tasks(leadId)).toEqual([]);
    expect((await account.events("metric = 'clicked'")).map(({ machine }) => machine)).toEqual(
      Array(3).fill("scanner"),
    );
  });

  test("counts when things happened: told late, twice and in disorder, and not what lies further apart", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test");
    const day = 24 * 3_600;
    const opened = (daysAgo: number) => about("ana@x.test", "opened", {}, inSeconds(-daysAgo * day));
    const [now, before, long] = [opened(0), opened(1), opened(5)];
    for (const event of [now, long, before, now, before]) await account.post(event);
    await account.settled();
    expect(account.tasks(leadId)).toEqual([]);
    await account.post(opened(6));
    await account.post(opened(6.5));
    await account.settled();
    expect(account.tasks(leadId)).toHaveLength(1);
  });

  test("is asked for once when a queue that was held up comes at once, whatever lies between what it tells", async () => {
    const account = await Mailed.open(world, { effects: { call: { opens: 2, coolDownHours: 2 } } });
    const leadId = await account.deal("ana@x.test");
    for (const hours of [-30, -20, -10]) {
      await account.post(about("ana@x.test", "opened", {}, inSeconds(hours * 3_600)));
      await account.post(about("ana@x.test", "opened", {}, inSeconds(hours * 3_600 + 60)));
      await account.settled();
    }
    expect(account.tasks(leadId)).toHaveLength(1);
  });

  test("is asked for again after the pause, for what was read since", async () => {
    const account = await Mailed.open(world, { effects: { call: { opens: 1, coolDownHours: 1 } } });
    const leadId = await account.deal("ana@x.test");
    const mail = account.mail("ana@x.test");
    mail.open();
    await account.settled();
    mail.open();
    await account.settled();
    expect(account.tasks(leadId)).toHaveLength(1);
    await account.look(
      "UPDATE engagement_call SET made_at = made_at - interval '2 hours', last_at = last_at - interval '2 hours' WHERE account_id = $1",
      [account.id],
    );
    mail.open();
    await account.settled();
    expect(account.tasks(leadId)).toHaveLength(2);
  });

  test("is not asked for where it is switched off, nor about a deal that was closed meanwhile", async () => {
    const account = await Mailed.open(world, { effects: { call: { isOn: false, opens: 1 } } });
    const leadId = await account.deal("ana@x.test");
    account.mail("ana@x.test").open();
    await account.settled();
    expect(account.tasks(leadId)).toEqual([]);
    await account.want({ effects: { call: { opens: 1 } } });
    // Told to nobody: our own database still takes it for open.
    account.control.hooks.weather({ dropRate: 1 });
    account.control.leads.move({ account: account.id, id: leadId, status_id: 143 });
    account.control.hooks.weather({});
    account.mail("ana@x.test").open();
    await account.settled();
    expect(account.tasks(leadId)).toEqual([]);
  });
});

describe("an unsubscription", () => {
  test("is noted once although it is told twice, ticks the box, and makes a task and a move where they are wanted", async () => {
    const account = await Mailed.open(world);
    const optOutFieldId = await account.checkbox();
    const [, , third] = account.installed.statusIds;
    const moveTo = { pipelineId: account.installed.pipelineId, statusId: third! };
    await account.want({ optOutFieldId, effects: { unsubscribe: { task: true, moveTo } } });
    const leadId = await account.deal("ana@x.test");
    account.mail("ana@x.test").unsubscribe();
    await account.settled();
    const text = expect.stringMatching(
      new RegExp(`^Ana Ruiz \\(ana@x\\.test\\) has unsubscribed from our mails, ${TIME}\\.$`),
    );
    expect(account.notes(leadId)).toEqual([text]);
    expect(account.tasks(leadId)).toEqual([text]);
    expect(account.lead(leadId).status_id).toBe(third);
    expect(await account.shown(account.contactOf(leadId), optOutFieldId)).toBe(true);
    expect((await account.person("ana@x.test"))?.unsubscribed_by).toBe("customerio");
    expect(await account.events("metric = 'unsubscribed'")).toHaveLength(2);
  });

  test("that is the echo of our own word causes nothing", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test");
    await account.look(
      `INSERT INTO customerio_person (account_id, identified_by, identifier, identifier_key, unsubscribed_at, unsubscribed_by)
       VALUES ($1, 'email', 'ana@x.test', 'ana@x.test', app_now(), 'kommo')`,
      [account.id],
    );
    // What was told before we said it must not undo it.
    await account.post(about("ana@x.test", "subscribed", {}, inSeconds(-1_000)));
    await account.settled();
    await account.post(about("ana@x.test", "unsubscribed", { email_address: "ana@x.test", delivery_id: undefined }));
    await account.settled();
    expect(await account.writes()).toEqual([]);
    expect((await account.person("ana@x.test"))?.unsubscribed_by).toBe("kommo");
    expect(account.notes(leadId)).toEqual([]);
  });

  test("that is taken back and made again is told of again; late news of the time before are not", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test");
    const told = (metric: string, seconds: number) => about("ana@x.test", metric, {}, inSeconds(seconds));
    await account.post(told("unsubscribed", -1_000));
    await account.settled();
    await account.post(told("subscribed", -500));
    await account.settled();
    expect((await account.person("ana@x.test"))?.unsubscribed_by).toBeNull();
    await account.post(told("unsubscribed", -700));
    await account.settled();
    expect((await account.person("ana@x.test"))?.unsubscribed_by).toBeNull();
    expect(account.notes(leadId)).toHaveLength(1);
    await account.post(told("unsubscribed", -100));
    await account.settled();
    expect((await account.person("ana@x.test"))?.unsubscribed_by).toBe("customerio");
    expect(account.notes(leadId)).toHaveLength(2);
  });

  test("of somebody whose deals are closed ticks the box and notes nothing", async () => {
    const account = await Mailed.open(world);
    const optOutFieldId = await account.checkbox();
    await account.want({ optOutFieldId });
    const leadId = await account.deal("ana@x.test");
    account.control.leads.move({ account: account.id, id: leadId, status_id: 143 });
    await account.read(leadId);
    account.mail("ana@x.test").unsubscribe();
    await account.settled();
    expect(await account.shown(account.contactOf(leadId), optOutFieldId)).toBe(true);
    expect(account.notes(leadId)).toEqual([]);
  });

  test("of somebody of whom we have not read yet is told when he is found", async () => {
    const account = await Mailed.open(world);
    const leadId = account.create({ name: "Unread", contact: { name: "Cy", email: "cy@x.test" } });
    await account.post(about("cy@x.test", "unsubscribed"));
    await account.settled();
    expect(account.notes(leadId)).toEqual([expect.stringMatching(/^Cy \(cy@x\.test\) has unsubscribed/)]);
  });
});

describe("an address", () => {
  test("at which mail does not arrive is marked, noted with the reason, and good again when a mail arrives", async () => {
    const account = await Mailed.open(world);
    const leadId = await account.deal("ana@x.test");
    const contactId = account.contactOf(leadId);
    account.mail("ana@x.test").bounce("550 no such mailbox");
    await account.settled();
    expect(account.notes(leadId)).toEqual([
      "Mail to Ana Ruiz (ana@x.test) does not arrive: bounced. 550 no such mailbox",
    ]);
    expect(await account.shown(contactId, "DEALSCOPE_EMAIL_STATUS")).toBe("bounced");
    expect((await account.person("ana@x.test"))?.address_state).toBe("bounced");
    await account.post(about("ana@x.test", "delivered", {}, inSeconds(600)));
    await account.settled();
    expect(await account.shown(contactId, "DEALSCOPE_EMAIL_STATUS")).toBeUndefined();
    expect((await account.person("ana@x.test"))?.address_state).toBeNull();
    expect(account.notes(leadId)).toHaveLength(1);
  });

  test("from which our mail was called spam is marked as that, and stays so", async () => {
    const account = await Mailed.open(world, { effects: { address: { note: false } } });
    const leadId = await account.deal("ana@x.test");
    account.mail("ana@x.test").spam();
    await account.settled();
    account.mail("ana@x.test").bounce("550");
    await account.settled();
    expect(account.notes(leadId)).toEqual([]);
    expect(await account.shown(account.contactOf(leadId), "DEALSCOPE_EMAIL_STATUS")).toBe("reported as spam");
  });

  test("has its field only in accounts that hear of mails", async () => {
    const { accountId } = await world.install();
    const [row] = await world.database.look<{ field: number | null }>(
      "SELECT provisioned->'emailStatusField' AS field FROM account WHERE account_id = $1",
      [accountId],
    );
    expect(row?.field ?? null).toBeNull();
  });
});

test("our notes and boxes come back as Kommo's webhooks and cause nothing", async () => {
  const account = await Mailed.open(world);
  const optOutFieldId = await account.checkbox();
  await account.want({ optOutFieldId });
  await account.deal("ana@x.test");
  const mail = account.mail("ana@x.test");
  mail.open();
  mail.unsubscribe();
  await account.settled();
  await account.quiet();
  await account.settled();
  const writes = await account.writes();
  expect(writes.map(({ target }) => target).sort()).toEqual(["contact", "note", "note"]);
  expect(await account.events()).toHaveLength(5);
});

test("a newsletter of 5 000 that machines open is stored; nothing is written into Kommo, and nobody looked for", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("reader0@x.test");
  await account.settled();
  const bodies = Array.from({ length: 5_000 }, (_, n) => n).flatMap((n) => {
    const of = { delivery_id: `news-${n}`, newsletter_id: 3, campaign_id: undefined };
    const email = `reader${n}@x.test`;
    return [
      about(email, "sent", of),
      about(email, "delivered", of),
      about(email, "opened", { ...of, prefetched: true, proxied: true }),
    ];
  });
  const senders = Array.from({ length: 50 }, async () => {
    for (let body = bodies.pop(); body; body = bodies.pop()) expect(await account.post(body)).toBe(204);
  });
  await Promise.all(senders);
  await account.settled();
  const [row] = await account.look<{ events: number; people: number; writes: number }>(
    `SELECT (SELECT count(*)::int FROM engagement_event WHERE account_id = $1) AS events,
            (SELECT count(*)::int FROM customerio_person WHERE account_id = $1) AS people,
            (SELECT count(*)::int FROM write WHERE account_id = $1 AND origin = 'engagement') AS writes`,
    [account.id],
  );
  expect(row).toEqual({ events: 15_000, people: 0, writes: 0 });
  expect(await account.events("metric = 'sent' AND delivery_id = 'news-0'")).toMatchObject([{ lead_id: leadId }]);
}, 120_000);

test("the third open is the third, although a server that is no more has counted each of the others", async () => {
  const account = await Mailed.open(world);
  const leadId = await account.deal("ana@x.test");
  for (const tasks of [0, 0, 1]) {
    const server = await world.startAnother();
    const url = account.webhookUrl.replace(world.config.PUBLIC_URL, server.url);
    expect(await account.post(about("ana@x.test", "opened"), url)).toBe(204);
    await account.settled();
    await server.stop();
    expect(account.tasks(leadId)).toHaveLength(tasks);
  }
});
