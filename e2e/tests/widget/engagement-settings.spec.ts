import { expect, type Locator } from "@playwright/test";
import { BY_HAND, DrawnCustomerio, ILL, WELL } from "../kit/customerio.ts";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";
import type { Account, Product } from "../kit/product.ts";
import { screenshot } from "../kit/screenshot.ts";
import type { SettingsPage } from "../kit/settings-page.ts";

const keys = (settings: SettingsPage) => settings.box("Connection to Customer.io");
const webhook = (settings: SettingsPage) => settings.box("What Customer.io tells");
const who = (settings: SettingsPage) => settings.box("What Customer.io is told");
const fields = (settings: SettingsPage) => settings.box("Fields");
const save = (settings: SettingsPage) => settings.root.locator(".dsc-save-strip").getByRole("button", { name: "Save" });

test("keys are pasted, tried at once, and never shown again", async ({ product, settings }) => {
  const drawn = await new DrawnCustomerio(null).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const box = keys(settings);
  await box.getByLabel("Track API key").fill("  trackkey1234  ");
  await box.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(box.getByRole("alert")).toHaveText("Paste the Site ID.");
  expect(drawn.bodies("PUT", "connection")).toEqual([]);
  await box.getByLabel("Site ID").fill("5f2a9c1e");
  await box.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(box).toContainText("The Track key works: workspace 4711, region EU.");
  await expect(box).toContainText("Workspace 4711, EU");
  expect(drawn.bodies("PUT", "connection")).toEqual([{ siteId: "5f2a9c1e", trackKey: "  trackkey1234  " }]);
  await expect(box.getByLabel("Track API key")).toHaveValue("");
  await expect(box.getByLabel("Track API key")).toHaveAttribute("placeholder", "saved; paste another to replace it");
  const kept = await settings.host.page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  expect(kept).not.toContain("trackkey1234");
});

test("keys that Customer.io does not know say so beside them, and stay as they were typed", async ({
  product,
  settings,
}) => {
  const drawn = await new DrawnCustomerio(null).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const box = keys(settings);
  await box.getByLabel("Site ID").fill("5f2a9c1e");
  await box.getByLabel("Track API key").fill("of-the-wrong-region");
  drawn.refusal = {
    status: 400,
    error: { code: "invalid_input", issues: [{ path: "trackKey", message: "Customer.io does not know it." }] },
  };
  await box.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(box.getByRole("alert")).toContainText("neither in the US nor in the EU");
  await expect(box.getByLabel("Track API key")).toHaveValue("of-the-wrong-region");
  drawn.refusal = { status: 503, error: { code: "unavailable" } };
  await box.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(box.getByRole("alert")).toContainText("Customer.io does not answer right now");
});

test("one key is replaced or taken away, and the others stay", async ({ product, settings }) => {
  const drawn = await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const box = keys(settings);
  await box.getByRole("textbox", { name: "Signing key" }).fill("sign1234");
  await box.getByRole("button", { name: "Save keys" }).click();
  await expect(box.getByRole("textbox", { name: "Signing key" })).toHaveValue("");
  await box.getByRole("button", { name: "Take it away: App API key" }).click();
  await expect(box).toContainText("campaigns lose their names");
  await box.getByRole("button", { name: "Take it away: App API key" }).click();
  await expect(box.getByRole("button", { name: "Take it away: App API key" })).toHaveCount(0);
  expect(drawn.bodies("PUT", "connection")).toEqual([
    { siteId: WELL.siteId, signingKey: "sign1234" },
    { siteId: WELL.siteId, appKey: null },
  ]);
});

test("without an App key the webhook is explained step by step, with the address to copy", async ({
  product,
  settings,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const drawn = await new DrawnCustomerio(BY_HAND).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const box = webhook(settings);
  const steps = box.locator("ol.dsc-guide > li");
  await expect(steps).toHaveCount(7);
  await expect(steps.nth(2)).toContainText("Sent, Delivered, Opened, Clicked");
  await expect(steps.nth(3)).toContainText("choose all opens and clicks, not only the first.");
  await expect(steps.nth(5)).toContainText("is another one and does not work");
  await expect(box).toContainText("No signing key is saved: whatever comes would be refused.");
  await expect(box.getByRole("button", { name: "Make the webhook" })).toHaveCount(0);
  await box.getByRole("button", { name: "Copy" }).click();
  await expect(box.getByRole("status")).toHaveText("Copied");
  expect(await settings.host.page.evaluate(() => navigator.clipboard.readText())).toBe(BY_HAND.webhookUrl);
  // Somebody has followed it: it is seen without a reload.
  drawn.connection = { ...WELL, hasAppKey: false };
  await expect(box).toContainText("Right, seen", { timeout: 20_000 });
});

test("with an App key the webhook is made by a button", async ({ product, settings }) => {
  const drawn = await new DrawnCustomerio({ ...BY_HAND, hasAppKey: true }).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const box = webhook(settings);
  await expect(box.locator("details")).not.toHaveAttribute("open");
  const message = "Customer.io takes no webhook with this address.";
  drawn.refusal = { status: 409, error: { code: "conflict", message } };
  await box.getByRole("button", { name: "Make the webhook" }).click();
  await expect(box.getByRole("alert")).toHaveText(message);
  drawn.refusal = {
    status: 400,
    error: { code: "invalid_input", issues: [{ path: "appKey", message: "Customer.io does not know it." }] },
  };
  await box.getByRole("button", { name: "Make the webhook" }).click();
  await expect(box.getByRole("alert")).toContainText("it is revoked, or a key of another kind");
  await keys(settings).getByRole("textbox", { name: "App API key" }).fill("another-app-key");
  await keys(settings).getByRole("button", { name: "Save keys" }).click();
  await expect(box.getByRole("alert")).toHaveCount(0);
  await box.getByRole("button", { name: "Make the webhook" }).click();
  await expect(box).toContainText("Nothing has come yet.");
  await expect(box).toContainText("Copy the signing key of that page");
  expect(drawn.bodies("POST", "webhook")).toHaveLength(3);
});

test("a wrong signature is explained in Setup and on the tab: what waits, how to mend it, and until when", async ({
  product,
  settings,
}) => {
  const drawn = await new DrawnCustomerio(ILL).draw(settings.host.page, product.serverUrl);
  await settings.open("setup");
  const box = settings.box("Customer.io");
  await expect(box).toContainText("was signed with another key; 4 refused so far.");
  await expect(box).toContainText("holds back everything after it, for the whole workspace");
  await expect(box).toContainText("Nothing is lost if it is mended within 7 days.");
  await expect(box).toContainText("Only the first open of each mail is told");
  await expect(box).toContainText("Waiting: 1,204. Stuck: 3.");
  await expect(box.getByRole("link", { name: "See why" })).toHaveAttribute("href", "#activity");
  await box.getByRole("link", { name: "Open its page" }).click();
  await expect(webhook(settings)).toContainText("was signed with another key");
  await expect(rowOf(webhook(settings), "From Customer.io")).toContainText("What comes is refused: see the signature.");
  await expect(rowOf(webhook(settings), "Waiting and stuck").getByRole("img", { name: "All right" })).toHaveCount(0);
  await expect(keys(settings)).toContainText("Customer.io refuses the keys");
  drawn.connection = WELL;
  await settings.open("setup");
  await expect(box).toContainText("Right, seen 3 min. ago.");
  await expect(box).toContainText("The last came 3 min. ago.");
  await expect(box).toContainText("Every open and click is told");
  drawn.connection = null;
  await settings.open("setup");
  await expect(box).toContainText("Not connected.");
});

test("after a new signing key nothing that was found with the old one is left", async ({ product, settings }) => {
  const refused = { ...WELL.webhook, lastSignedAt: null, lastRefusedAt: WELL.webhook.lastHeardAt, refused: 4 };
  const drawn = await new DrawnCustomerio({
    ...WELL,
    webhook: { ...refused, refusal: "wrong" },
  }).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  await keys(settings).getByRole("button", { name: "Check the connection" }).click();
  await expect(keys(settings)).toContainText("Paste the signing key of the Reporting Webhooks page.");
  await expect(rowOf(webhook(settings), "Signature")).toContainText("was signed with another key");
  drawn.connection = { ...WELL, webhook: { ...BY_HAND.webhook, mode: "all" } };
  await keys(settings).getByRole("textbox", { name: "Signing key" }).fill("sign1234");
  await keys(settings).getByRole("button", { name: "Save keys" }).click();
  await expect(rowOf(webhook(settings), "Signature")).toContainText(
    "The key is saved; what Customer.io sends or tries again next shows whether it is right.",
  );
  await expect(rowOf(webhook(settings), "From Customer.io")).toContainText("Nothing has come yet.");
  await expect(keys(settings)).not.toContainText("Paste the signing key");
});

test("a dry run says wherever it matters that nothing is sent, and what to send after it", async ({
  product,
  account,
  settings,
}) => {
  await product.change(account, { dryRun: true, engagement: { isOn: true } });
  await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const said = "Dry run: nothing is sent to Customer.io. When it is over, send existing deals once.";
  await expect(who(settings)).toContainText(said);
  await expect(rowOf(webhook(settings), "To Customer.io")).toContainText(said);
  await screenshot(settings.host.page, "customerio-dry-run");
  await settings.open("setup");
  await expect(settings.root).toContainText("Dry run is on");
  await expect(rowOf(settings.box("Customer.io"), "To Customer.io")).toContainText(said);
  await settings.root.getByLabel("Write no verdicts and no moves into Kommo").click({ force: true });
  await expect(settings.root).toContainText("Customer.io was told nothing during the dry run.");
  await screenshot(settings.host.page, "customerio-dry-run-over");
  await settings.box("Dry run").getByRole("link").click();
  await expect(who(settings)).toBeVisible();
  await expect(settings.root).not.toContainText(said);
});

test("fields get a name and a type of their own, and names that would do harm are refused beside them", async ({
  product,
  account,
  settings,
}) => {
  await makeFields(product, account);
  await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const box = fields(settings);
  await box.getByRole("button", { name: "Add a field" }).click();
  const name = box.getByLabel("Attribute of Number of employees");
  await expect(name).toHaveValue("number_of_employees");
  await expect(box).toContainText("sent as deal_number_of_employees");
  await expect(box.getByLabel("Number of employees is sent as").locator("option:checked")).toHaveText("number");
  await box.getByLabel("Field in Kommo: Number of employees").selectOption("Deal: Código postal");
  await expect(box.getByLabel("Attribute of Código postal")).toHaveValue("codigo_postal");
  for (const [typed, said] of [
    ["recipient", "Would change to whom a campaign writes"],
    ["unsubscribed", "Means something to Customer.io itself"],
    ["_secret", "Begins with an underscore"],
    ["post code", "May not have blanks"],
    ["stage", "Is sent by Dealscope itself"],
    ["", "Must not be empty"],
  ] as const) {
    await box.getByLabel("Attribute of Código postal").fill(typed);
    await save(settings).click();
    await expect(box.getByRole("alert")).toContainText(said);
    await expect(settings.root.locator(".dsc-save-strip")).toContainText("Código postal");
  }
  await box.getByLabel("Attribute of Código postal").fill("zip");
  // What was changed is called wrong no more, and not only once it is saved.
  await expect(box.getByRole("alert")).toHaveCount(0);
  await expect(settings.root.locator(".dsc-save-strip")).not.toContainText("Código postal");
  await save(settings).click();
  await expect(settings.root.locator(".dsc-save-strip")).toContainText("Saved");
  await expect(box.getByRole("alert")).toHaveCount(0);
  await settings.open("customerio");
  await expect(box.getByLabel("Attribute of Código postal")).toHaveValue("zip");
  await box.getByRole("button", { name: "Remove: Código postal" }).click();
  await expect(box).toContainText("No further field is sent.");
});

test("whom a deal speaks for, events, late events, the type of objects and effects are saved", async ({
  product,
  account,
  settings,
}) => {
  const checkbox = product.kommo.control.fields.create({
    ...{ account: account.id, entity: "contacts", name: "No e-mails", type: "checkbox" },
  });
  await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  await who(settings).getByLabel("Tell Customer.io of deals").click({ force: true });
  await who(settings).getByRole("radio", { name: "those with a role" }).check({ force: true });
  await save(settings).click();
  await expect(settings.root.locator(".dsc-save-strip")).toContainText("“Roles it speaks for” must not be empty.");
  await who(settings).getByLabel("Decision maker").check();
  await who(settings).getByLabel("Contact field for “no e-mails”").selectOption("No e-mails");
  await who(settings).getByLabel("Prefix of the deal’s attributes").fill("kommo_");
  const events = settings.box("Events and objects");
  await events.getByLabel("Deal created").uncheck();
  await events.getByLabel("Late changes start campaigns").check();
  await events.getByLabel("Deals as objects of the type").selectOption("Deals");
  const effects = settings.box("What reading does in Kommo");
  await effects.getByText("Task to call", { exact: true }).click();
  const call = effects.getByRole("group").filter({ hasText: "Task to call" });
  await call.getByLabel("Opens", { exact: true }).fill("5");
  await call.getByRole("textbox", { name: "Text" }).fill("Call them: ");
  await call.getByRole("button", { name: "{{person}}" }).click();
  await expect(call.getByRole("textbox", { name: "Text" })).toHaveValue("Call them: {{person}}");
  await expect(call.getByRole("textbox", { name: "Text" })).toBeFocused();
  await save(settings).click();
  await expect(settings.root.locator(".dsc-save-strip")).toContainText("Saved");
  const { ask } = await product.api(account);
  expect(await ask("GET", "/api/settings")).toMatchObject({
    settings: {
      engagement: {
        ...{ isOn: true, speaksFor: { who: "roles", roles: ["decision_maker"] }, prefix: "kommo_", lateEvents: true },
        events: ["deal_stage_changed", "deal_won", "deal_lost", "lead_qualified"],
        ...{ objectTypeId: "3", optOutFieldId: checkbox.id },
        effects: { call: { opens: 5, text: "Call them: {{person}}" } },
      },
    },
  });
});

test("a text that names what nobody fills in is refused, and its effect opens by itself", async ({
  product,
  settings,
}) => {
  await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const effects = settings.box("What reading does in Kommo");
  await effects.getByText("Notes", { exact: true }).click();
  await effects.getByRole("textbox", { name: "Text" }).first().fill("Hello {{name}}");
  await effects.getByText("Notes", { exact: true }).click();
  await save(settings).click();
  await expect(effects.getByRole("alert")).toContainText("Names something in double braces");
});

test("a preview shows what would be sent of a real deal by what stands on the page", async ({
  product,
  settings,
  openCard,
}) => {
  const { leadId } = await openCard(HOT);
  const drawn = await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  await who(settings).getByLabel("Prefix of the deal’s attributes").fill("kommo_");
  const box = settings.box("Try it on a deal");
  await box.getByRole("combobox", { name: "Lead" }).fill(String(leadId));
  await box.getByRole("option").first().click();
  await box.getByRole("button", { name: "Show" }).click();
  await expect(box).toContainText("Known by e-mail: ana@reyes.example");
  await expect(box).toContainText("Without e-mail or id: nothing is sent of this person.");
  await expect(box).toContainText("“about forty” is no number");
  await box.getByText("The deal as an object").click();
  await expect(box).toContainText("40 seats for Reyes SL");
  expect(drawn.bodies("POST", "preview")).toMatchObject([{ leadId, settings: { prefix: "kommo_" } }]);
});

test("existing deals are sent after a second look, with progress, and can be cancelled", async ({
  product,
  settings,
}) => {
  const drawn = await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  const box = settings.box("Existing deals");
  await expect(box).toContainText("No events are sent, so no campaign starts for an old move.");
  await box.getByRole("button", { name: "Send existing deals" }).click();
  expect(drawn.bodies("POST", "deals-sent")).toEqual([]);
  await box.getByRole("button", { name: "Send existing deals" }).click();
  await expect(box).toContainText("Counting… 120 so far");
  drawn.sent = { ...drawn.sent, state: "running", done: 60, failed: 2 };
  await expect(box.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "52");
  await expect(box).toContainText("60 of 120 · not sent: 2");
  await box.getByRole("button", { name: "Cancel the sending" }).click();
  await box.getByRole("button", { name: "Go on sending" }).click();
  await box.getByRole("button", { name: "Cancel the sending" }).click();
  await box.getByRole("button", { name: "Cancel the sending" }).click();
  await expect(box).toContainText("Cancelled at 60 of 120");
  await expect(box.getByRole("button", { name: "Send them again" })).toBeVisible();
});

test("who disconnects is asked first, and the keys are gone", async ({ product, settings }) => {
  await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await settings.open("customerio");
  await keys(settings).getByRole("button", { name: "Disconnect" }).click();
  await expect(keys(settings)).toContainText("nothing is sent or heard any more");
  await keys(settings).getByRole("button", { name: "Disconnect" }).click();
  await expect(keys(settings).getByRole("button", { name: "Connect", exact: true })).toBeVisible();
  await expect(webhook(settings)).toHaveCount(0);
  await expect(settings.box("Existing deals")).toHaveCount(0);
});

test("a rep sees what is told and changes nothing, and is not shown the connection", async ({
  product,
  account,
  settings,
}) => {
  const drawn = await new DrawnCustomerio(WELL).draw(settings.host.page, product.serverUrl);
  await product.change(account, { engagement: { isOn: true } });
  await settings.host.signIn(account.users[1]!.id);
  await settings.open("customerio");
  await expect(keys(settings)).toContainText("Only administrators see the connection.");
  await expect(who(settings)).not.toContainText("It begins when the keys above are saved.");
  await expect(who(settings).getByLabel("Tell Customer.io of deals")).toBeDisabled();
  await expect(who(settings).getByRole("radio", { name: "all its people" })).toHaveCSS("opacity", "0");
  await expect(webhook(settings)).toHaveCount(0);
  await settings.open("setup");
  await expect(settings.box("Is everything working?")).toBeVisible();
  await expect(settings.box("Customer.io")).toHaveCount(0);
  expect(drawn.asked).toEqual([]);
});

function rowOf(box: Locator, title: string) {
  return box.locator(".dsc-checklist__row", { has: box.page().getByText(title, { exact: true }) });
}

async function makeFields({ kommo }: Product, { id: account }: Account) {
  kommo.control.fields.create({ account, name: "Number of employees", type: "numeric" });
  kommo.control.fields.create({ account, name: "Código postal", type: "text" });
}
