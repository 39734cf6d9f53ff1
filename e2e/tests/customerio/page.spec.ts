import { test as base, expect } from "@playwright/test";
import { type CustomerIoSandbox, startCustomerIo } from "../../sandbox/customerio/start.ts";
import { expectAccessible } from "../kit/accessible.ts";
import { MailPage } from "../kit/mail-page.ts";
import { screenshot } from "../kit/screenshot.ts";

interface Stage {
  customerIo: CustomerIoSandbox;
  workspace: ReturnType<CustomerIoSandbox["control"]["workspaces"]["create"]>;
  mailPage: MailPage;
  /** What a client of Track v2 sends. */
  track(...batch: object[]): Promise<void>;
}

const test = base.extend<Stage>({
  customerIo: async ({ browserName: _ }, use) => {
    const customerIo = await startCustomerIo();
    await use(customerIo);
    await customerIo.stop();
  },
  workspace: async ({ customerIo }, use) => use(customerIo.control.workspaces.create({ name: "acme" })),
  mailPage: async ({ page, customerIo, workspace: _ }, use) => use(new MailPage(page, customerIo.origins.us)),
  track: async ({ workspace: { origin, site_id, track_keys } }, use) => {
    const authorization = `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}`;
    await use(async (...batch) => {
      const body = JSON.stringify({ batch });
      const answer = await fetch(`${origin}/api/v2/batch`, { method: "POST", headers: { authorization }, body });
      expect(answer.status).toBe(200);
    });
  },
});

const identifiers = { email: "ana@reyes.example" };
const ana = { type: "person", action: "identify", identifiers, attributes: { deal_stage: "Offer <b>made</b>" } };
const moved = {
  type: "person",
  action: "event",
  identifiers,
  id: "01JC9YV4R2M8T0K6Q3W5X7Z9AB",
  name: "deal_stage_changed",
  attributes: { deal_id: "9001" },
};

test("who is identified while one looks appears, with attributes, deals and events as texts", async ({
  customerIo,
  mailPage,
  track,
}) => {
  const { id } = customerIo.control.workspaces.addObjectType({ name: "Deals" });
  await mailPage.page.goto(customerIo.origins.us);
  await expect(mailPage.page.getByText("Nobody yet")).toBeVisible();
  await track(ana, moved, {
    type: "object",
    action: "identify",
    identifiers: { object_type_id: id, object_id: "deal-9001" },
    attributes: { name: "Roof repair" },
    cio_relationships: [{ identifiers, relationship_attributes: { role: "buyer" } }],
  });
  await mailPage.page.getByRole("link", { name: "ana@reyes.example" }).click();
  await expect(mailPage.part("Attributes")).toContainText("Offer <b>made</b>");
  await expect(mailPage.part("Objects")).toContainText("Deals: deal-9001");
  await expect(mailPage.part("Objects")).toContainText("buyer");
  await expect(mailPage.part("Events received")).toContainText("01JC9YV4R2M8T0K6Q3W5X7Z9AB");
  await track({ ...ana, attributes: { deal_stage: "Won" } });
  await expect(mailPage.part("Attributes")).toContainText("Won");
});

test("a mail is sent as if an event had started its campaign, and read as its recipient reads it", async ({
  customerIo,
  workspace,
  mailPage,
  track,
}) => {
  await track(ana, moved);
  await mailPage.openPerson("ana@reyes.example", workspace.id);
  const composer = mailPage.part("Send a mail");
  await composer.getByLabel("trigger_event_id is").selectOption("another id");
  await expect.poll(() => customerIo.control.switches.show().triggerEventId).toBe("own-id");
  await composer.getByLabel("Started by").selectOption({ index: 1 });
  await composer.getByRole("button", { name: "Send" }).click();
  const mail = mailPage.mail("Your quote");
  await expect(mail).toContainText("started by deal_stage_changed");
  await expect(mailPage.part("Mails").getByText("Let ten seconds pass")).toBeVisible();
  await mail.getByRole("button", { name: "Open", exact: true }).click();
  await mail.getByRole("button", { name: "Open", exact: true }).click();
  await mail.getByRole("button", { name: "Machine opens" }).click();
  await expect(mail.getByText(/ opened/)).toHaveCount(3);
  await expect(mail).toContainText("prefetched, proxied");
  await mail.getByRole("button", { name: "Click", exact: true }).click();
  await expect(mail).toContainText("clicked (https://shop.test/pricing)");
  await mail.getByRole("button", { name: "Unsubscribe" }).click();
  await expect(mail.locator(".tag")).toHaveText("unsubscribed");
  expect(customerIo.control.people.show(identifiers)).toMatchObject({ unsubscribed: true });
});

test("a press keeps the focus, and what the sandbox refuses is said beside the button", async ({
  customerIo,
  mailPage,
  track,
}) => {
  await track(ana);
  customerIo.control.mail.send({ ...identifiers, subject: "Hello" });
  await mailPage.openPerson("ana@reyes.example");
  const bounce = mailPage.mail("Hello").getByRole("button", { name: "Bounce" });
  await bounce.press("Enter");
  await expect(mailPage.mail("Hello").locator(".tag")).toHaveText("bounced");
  await expect(bounce).toBeFocused();
  await mailPage.page.getByText("Campaigns, webhooks and keys").click();
  await mailPage.page.getByRole("button", { name: "Add" }).click();
  await expect(mailPage.page.getByRole("alert").filter({ hasText: "name" })).toBeVisible();
});

test("campaigns are added and webhooks looked at below, and an hour passes for those that wait", async ({
  customerIo,
  workspace,
  mailPage,
  track,
}) => {
  const { origin, app_keys } = workspace;
  const webhook = { name: "CRM", endpoint: "http://127.0.0.1:9/hook", events: ["email_sent"] };
  const headers = { authorization: `Bearer ${app_keys[0]}` };
  await fetch(`${origin}/v1/reporting_webhooks`, { method: "POST", headers, body: JSON.stringify(webhook) });
  await track(ana);
  await mailPage.openPerson("ana@reyes.example");
  await mailPage.page.getByText("Campaigns, webhooks and keys").click();
  const campaigns = mailPage.page.getByRole("region", { name: "Campaigns", exact: true });
  await campaigns.getByLabel("Name").fill("After a move");
  await campaigns.getByLabel("Event that starts it").fill("deal_stage_changed");
  await campaigns.getByLabel("Subject").fill("What comes next");
  await campaigns.getByRole("button", { name: "Add" }).click();
  await expect(campaigns).toContainText("After a move on deal_stage_changed: “What comes next”");
  await track(moved);
  await expect(mailPage.mail("What comes next")).toBeVisible();
  const webhooks = mailPage.page.getByRole("region", { name: "Reporting webhooks" });
  await expect(webhooks).toContainText("last answered by nobody, 1 waiting");
  const { now } = customerIo.control.clock.read();
  await webhooks.getByRole("button", { name: "Let an hour pass" }).click();
  await expect.poll(() => customerIo.control.clock.read().now).toBeGreaterThanOrEqual(now + 3600);
});

test("the keys of the workspace stand there to be copied, as they are now", async ({
  customerIo,
  workspace: { id, site_id, track_keys, app_keys },
  mailPage,
}) => {
  await mailPage.page.goto(customerIo.origins.us);
  await mailPage.page.getByText("Campaigns, webhooks and keys").click();
  const keys = mailPage.page.getByRole("region", { name: "Keys" });
  const { key: signingKey } = customerIo.control.webhooks.signingKey({ workspace: id });
  await expect(keys.getByRole("definition")).toHaveText([site_id, track_keys[0]!, app_keys[0]!, signingKey]);
  const { key: next } = customerIo.control.workspaces.replaceKey({ workspace: id, kind: "track" });
  await expect(keys.getByRole("definition")).toHaveText([site_id, next, app_keys[0]!, signingKey]);
});

test("where not all people are shown it is said how the others are found", async ({ customerIo, mailPage, track }) => {
  const people = Array.from({ length: 101 }, (_, at) => ({ ...ana, identifiers: { email: `p${at}@reyes.example` } }));
  await track(...people);
  await mailPage.page.goto(customerIo.origins.us);
  const list = mailPage.page.getByRole("navigation", { name: "People" });
  await expect(list.getByRole("status")).toHaveText(
    "The newest 100 of 101. To find the others, type a part of an address or id above.",
  );
  await expect(list.getByRole("link", { name: "p0@" })).toBeHidden();
  await list.getByLabel("Look for a person").fill("p0@");
  await expect(list.getByRole("link", { name: "p0@" })).toBeVisible();
  await expect(list.getByRole("status")).toHaveText("1 of 101");
});

test("what is accepted but not applied is shown, and each workspace is a place of its own", async ({
  customerIo,
  mailPage,
  track,
}) => {
  const other = customerIo.control.workspaces.create({ name: "other", region: "eu" });
  await track(ana, { ...ana, identifiers: { email: "bo@reyes.example" } });
  await track({ ...ana, attributes: { email: "bo@reyes.example" } });
  await mailPage.openPerson("ana@reyes.example");
  await expect(mailPage.page.getByRole("region", { name: "Accepted, but not applied" })).toContainText(
    "identifiers belong to different people",
  );
  await mailPage.page.getByLabel("Workspace").selectOption({ label: "other, EU" });
  await expect(mailPage.page).toHaveURL(new RegExp(`workspace=${other.id}`));
  await expect(mailPage.page.getByText("Nobody yet")).toBeVisible();
});

for (const theme of ["light", "dark"] as const) {
  test(`the page can be used by everybody in the ${theme} theme`, async ({ customerIo, mailPage, track }) => {
    await track(ana, moved);
    customerIo.control.mail.send({ ...identifiers, event: moved.id });
    await mailPage.openPerson("ana@reyes.example");
    await mailPage.page.getByLabel("Theme").selectOption(theme);
    await mailPage.page.getByText("Campaigns, webhooks and keys").click();
    await expect(mailPage.mail("Your quote")).toBeVisible();
    await expectAccessible(mailPage.page, "body");
    await screenshot(mailPage.page, `customerio-${theme}`);
  });
}
