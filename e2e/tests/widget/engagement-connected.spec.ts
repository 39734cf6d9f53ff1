import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";
import { screenshot } from "../kit/screenshot.ts";

test("an administrator connects a workspace on the page alone, sees every link proved and a wrong signature explained", async ({
  product,
  settings,
}) => {
  const { control } = product.customerIo;
  const workspace = control.workspaces.create({ region: "eu", name: "by hand on the page" });
  const mine = { workspace: workspace.id };
  await settings.open("customerio");
  const keys = settings.box("Connection to Customer.io");
  await keys.getByLabel("Site ID").fill(workspace.site_id);
  await keys.getByLabel("Track API key").fill("0000000000000000");
  await keys.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(keys.getByRole("alert")).toContainText("does not know this Site ID with this Track key");
  await keys.getByLabel("Track API key").fill(workspace.track_keys[0]!);
  await keys.getByRole("textbox", { name: "App API key" }).fill(workspace.app_keys[0]!);
  await keys.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(keys).toContainText("The Track key works");
  await expect(keys).toContainText(/Workspace \d+, EU/);
  await expect(keys).toContainText("The App API key works.");

  const webhook = settings.box("What Customer.io tells");
  await webhook.getByRole("button", { name: "Make the webhook" }).click();
  await expect(webhook).toContainText("Every open and click is told");
  expect(control.webhooks.list(mine)).toMatchObject([{ full_resolution: true }]);
  await keys.getByRole("textbox", { name: "Signing key" }).fill(control.webhooks.signingKey(mine).key);
  await keys.getByRole("button", { name: "Save keys" }).click();
  await expect(keys.getByRole("textbox", { name: "Signing key" })).toHaveValue("");
  control.webhooks.send({ ...mine, body: { metric: "test" } });
  await expect(webhook).toContainText("Right, seen", { timeout: 20_000 });
  await keys.getByRole("button", { name: "Check the connection" }).click();
  await expect(keys).toContainText("Signatures are right.");

  control.webhooks.sign({ ...mine, as: "wrong-key" });
  control.webhooks.send({ ...mine, body: { metric: "test" } });
  await settings.open("setup");
  await expect(async () => {
    await settings.open("setup");
    await expect(settings.box("Customer.io")).toContainText("was signed with another key", { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await screenshot(settings.host.page, "customerio-setup-refused");
});

test("what would be sent of a real deal is shown, and existing deals are sent with progress", async ({
  product,
  account,
  settings,
  openCard,
}) => {
  const workspace = await product.connectMails(account);
  const { leadId } = await openCard(HOT);
  await settings.open("customerio");
  const preview = settings.box("Try it on a deal");
  await preview.getByRole("combobox", { name: "Lead" }).fill(String(leadId));
  await preview.getByRole("option").first().click();
  await preview.getByRole("button", { name: "Show" }).click();
  await expect(preview).toContainText("Known by e-mail: ana@reyes.example");
  await expect(preview).toContainText("deal_stage");
  await screenshot(settings.host.page, "customerio-preview-real");
  const sent = settings.box("Existing deals");
  for (const _ of ["asks", "does"]) await sent.getByRole("button", { name: "Send existing deals" }).click();
  await expect(sent).toContainText("Sent 1 of 1", { timeout: 30_000 });
  await expect
    .poll(() => product.customerIo.control.people.list({ workspace: workspace.id }).map(({ email }) => email))
    .toEqual(["ana@reyes.example"]);
});

test("what the client does with mails stands on his deal’s card", async ({ product, account, openCard }) => {
  const { control } = product.customerIo;
  const workspace = await product.connectMails(account);
  const card = await (await openCard(HOT)).judged();
  const panel = card.part("Engagement");
  await expect(panel).toContainText("No campaign has written to the people of this deal yet.");
  const mine = { workspace: workspace.id };
  await expect.poll(() => control.people.list(mine).length, { timeout: 20_000 }).toBe(1);
  const mail = control.mail.send({ ...mine, email: "ana@reyes.example", subject: "Your quote" });
  for (let times = 0; times < 3; times += 1) control.recipient.open({ ...mine, ...mail });
  await expect(async () => {
    await card.host.open(`/leads/detail/${card.leadId}`);
    await expect(panel).toContainText("3 opens in 48 h", { timeout: 1_000 });
    await expect(panel).toContainText("Task to call made", { timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
  await expect(card.part("Verdict")).toContainText("3 opens in 48 h");
  await expect(panel).toContainText("“Your quote”");
  await screenshot(panel, "engagement-panel-real");
});
