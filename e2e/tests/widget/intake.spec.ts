import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { IntakeRequests } from "@dealscope/shared/intake";
import { expect, type Page } from "@playwright/test";
import en from "../../../widget/src/i18n/en.json" with { type: "json" };
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import { keysOf, overflowing } from "../kit/overflow.ts";
import type { Account, Product } from "../kit/product.ts";
import { screenshot } from "../kit/screenshot.ts";
import type { SettingsPage } from "../kit/settings-page.ts";

const keysBox = (settings: SettingsPage) => settings.box("Forms of your web pages");
const requestsBox = (settings: SettingsPage) => settings.box("What came in");

async function makeKey(settings: SettingsPage, name: string): Promise<string> {
  await keysBox(settings).getByLabel("Name of the form").fill(name);
  await keysBox(settings).getByRole("button", { name: "Make an address" }).click();
  const item = keysBox(settings).getByRole("listitem").filter({ hasText: name });
  return (await item.locator("code").textContent())!;
}

/** A page of somebody's own, with the form pasted into it. */
async function pageWith(html: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html; charset=utf-8").end(`<!doctype html><title>Contact</title>${html}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

async function fillIn(page: Page, { name, email, company }: { name: string; email: string; company: string }) {
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Company").fill(company);
  await page.getByLabel("What can we do for you?").fill("We need 40 seats by March.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("status")).toHaveText("Thank you. We will be in touch.");
}

test("a form pasted into a plain page makes a deal on the board, in the stage that was chosen", async ({
  product,
  account,
  settings,
  context,
}) => {
  await settings.open("intake");
  await expect(requestsBox(settings)).toContainText("Nothing has come in yet");
  const where = settings.box("Where requests go");
  const stage = where.getByLabel("Stage", { exact: true });
  const wanted = await stage.locator("option").nth(2).textContent();
  await stage.selectOption({ label: wanted! });
  await where.getByLabel("Responsible").selectOption("Robin Sales");
  await where.getByLabel("Tag put on deals").fill("website");
  await where.getByRole("button", { name: "Save" }).click();
  await expect(where).toContainText("Saved");

  await makeKey(settings, "Contact page");
  await keysBox(settings).getByRole("button", { name: "Show the form’s HTML" }).click();
  const html = await keysBox(settings).getByRole("textbox", { name: "HTML of the form" }).inputValue();
  await screenshot(settings.host.page, "intake-form");
  const site = await pageWith(html);
  const visitor = await context.newPage();
  await visitor.goto(site.url);
  await fillIn(visitor, { name: "Ana Reyes", email: "Ana@Reyes.example", company: "Reyes SL" });
  await visitor.close();
  site.close();

  const request = requestsBox(settings).getByRole("listitem").first();
  await expect(request).toContainText("Deal made", { timeout: 30_000 });
  await expect(request).toContainText("Contact page · contacts: 1");
  const [lead] = product.kommo.control.leads.read({ account: account.id });
  expect(lead).toMatchObject({ name: "Reyes SL", responsible_user_id: account.users[1]!.id });
  await settings.host.go("/leads/");
  const column = settings.host.page.locator(".board__column", { hasText: wanted! });
  await expect(column).toContainText("Reyes SL");
  await screenshot(settings.host.page, "intake-board");
});

test("an address is exchanged and the one before goes on for a day, and a revoked one is dead", async ({
  settings,
}) => {
  await settings.open("intake");
  const make = keysBox(settings).getByRole("button", { name: "Make an address" });
  const before = await make.boundingBox();
  await make.click();
  await expect(keysBox(settings)).toContainText("Enter a name");
  expect(await make.boundingBox()).toEqual(before);
  const first = await makeKey(settings, "Landing page");
  expect(await send(first)).toBe(202);
  const item = keysBox(settings).getByRole("listitem");
  await item.getByRole("button", { name: "New address" }).click();
  await expect(item).toContainText("the present one works for another day");
  await item.getByRole("button", { name: "New address" }).click();
  await expect(item.locator("code")).not.toHaveText(first);
  await expect(item).toContainText("The address before still works until");
  expect(await send(first)).toBe(202);
  const second = (await item.locator("code").textContent())!;
  await item.getByRole("button", { name: "Revoke" }).click();
  await item.getByRole("button", { name: "Cancel" }).click();
  await item.getByRole("button", { name: "Revoke" }).click();
  await item.getByRole("button", { name: "Revoke" }).click();
  await expect(keysBox(settings)).toContainText("There is no form yet");
  await expect.poll(() => send(second), { timeout: 20_000 }).toBe(404);
});

test("an address for one's own servers says so, and offers no form for a page", async ({ settings }) => {
  await settings.open("intake");
  const box = keysBox(settings);
  await box.getByLabel("Used by our own servers, never in a web page").check();
  await expect(box).toContainText("The roles it sends count at once and can open gates");
  await makeKey(settings, "Shop system");
  await expect(box.getByRole("listitem")).toContainText("For our own servers");
  await expect(box.getByRole("button", { name: "Show the form’s HTML" })).toHaveCount(0);
  await expect(box.getByLabel("Used by our own servers, never in a web page")).not.toBeChecked();
});

test("who may be the same is shown with both cards, and is not proposed again when a person says no", async ({
  product,
  account,
  settings,
}) => {
  const [one, other] = twins(product, account);
  await settings.open("intake");
  const url = await makeKey(settings, "Contact page");
  expect(await send(url)).toBe(202);
  await expect(requestsBox(settings)).toContainText("Deal made", { timeout: 30_000 });
  const proposals = settings.box("May be the same");
  await expect(proposals).toContainText("Same e-mail: ana@reyes.example", { timeout: 30_000 });
  await expect(proposals.getByRole("link", { name: `Ana (${one})`, exact: true })).toHaveAttribute(
    "href",
    `/contacts/detail/${one}`,
  );
  await expect(proposals.getByRole("link", { name: `Ana Reyes (${other})`, exact: true })).toHaveAttribute(
    "href",
    `/contacts/detail/${other}`,
  );
  await proposals.getByRole("button", { name: "Not the same" }).click();
  await expect(proposals).toHaveCount(0);
});

test("a rep sees where requests go, changes nothing, and is not shown the addresses", async ({ account, settings }) => {
  await settings.host.signIn(account.users[1]!.id);
  await settings.open("intake");
  await expect(keysBox(settings)).toContainText("Only administrators of the account can do this");
  const fields = settings.box("Where requests go").locator("select, input");
  await expect(fields).toHaveCount(6);
  for (const field of await fields.all()) await expect(field).toBeDisabled();
  await expect(requestsBox(settings)).toHaveCount(0);
});

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme the tab of forms can be read and used by everybody`, async ({ product, settings }) => {
    await drawRequests(settings.host.page, product.serverUrl);
    await settings.open("intake");
    await settings.host.setTheme(theme);
    await makeKey(settings, "Contact page");
    await expect(requestsBox(settings)).toContainText("Kommo does not take this");
    await settings.host.page.setViewportSize({ width: 1440, height: 1_600 });
    await screenshot(settings.host.page, `intake-${theme}`);
    await keysBox(settings).getByRole("button", { name: "Show the form’s HTML" }).click();
    await keysBox(settings).getByRole("button", { name: "Revoke" }).click();
    await expectAccessible(settings.host.page, ".dealscope-root");
  });
}

for (const lang of ["en", "es", "pt", "tr", "id"]) {
  test(`in ${lang} every word about forms is there and fits`, async ({ product, account, settings }) => {
    const { control } = product.kommo;
    control.accounts.changeUser({ account: account.id, user_id: account.users[0]!.id, lang });
    const { ask } = await product.api(account);
    await ask("POST", "/api/intake/keys", { name: "Contact page" });
    await drawRequests(settings.host.page, product.serverUrl);
    await settings.host.page.setViewportSize({ width: 1024, height: 900 });
    await settings.open("intake");
    await settings.root.getByRole("button", { expanded: false }).click();
    await expect(settings.root.getByRole("textbox").last()).toBeVisible();
    await expect(settings.root.locator(".dsc-happening")).toHaveCount(REQUESTS.requests.length);
    expect(await overflowing(settings.root)).toEqual([]);
    const text = (await settings.root.textContent()) ?? "";
    expect(keysOf(en).filter((key) => text.includes(key))).toEqual([]);
    await screenshot(settings.host.page, `intake-${lang}`);
  });
}

/** What a script or another system sends. @returns the status of the answer */
async function send(url: string): Promise<number> {
  const body = JSON.stringify({ contacts: [{ name: "Ana", email: "ana@reyes.example" }], deal: { name: "Form" } });
  return (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })).status;
}

/** Two contacts with one address. */
function twins(product: Product, account: Account): number[] {
  const { leads } = product.kommo.control;
  const make = (name: string) =>
    leads.create({ account: account.id, name, contact: { name, email: "ana@reyes.example" } }).contact_id!;
  return [make("Ana"), make("Ana Reyes")];
}

const request = (part: Partial<IntakeRequests["requests"][number]>): IntakeRequests["requests"][number] => ({
  ...{ id: crypto.randomUUID(), status: "done", receivedAt: new Date().toISOString(), endedAt: null, leadId: null },
  ...{ contactIds: [], isExtended: false, issues: [], mergeProposals: [], keyName: "Contact page", waitingFor: null },
  ...part,
});
/** One of each outcome. */
const REQUESTS: IntakeRequests = {
  requests: [
    request({ status: "received", waitingFor: "Kommo does not answer." }),
    request({ leadId: 12, contactIds: [1, 2, null] }),
    request({
      leadId: 9,
      isExtended: true,
      contactIds: [1],
      mergeProposals: [{ entity: "contact", keptId: 1, otherIds: [2] }],
    }),
    request({
      status: "failed",
      issues: [{ path: "contacts.0.email", message: "Kommo does not take this: NotSupportedChoice" }],
    }),
    request({ status: "spam" }),
  ],
};

async function drawRequests(page: Page, serverUrl: string): Promise<void> {
  await page.route(`${serverUrl}/api/intake/requests`, (route) =>
    route.request().method() === "OPTIONS"
      ? route.fallback()
      : route.fulfill({ json: REQUESTS, headers: { "access-control-allow-origin": "*" } }),
  );
}
