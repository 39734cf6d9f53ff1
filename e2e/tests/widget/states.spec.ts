import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";

test("a new card waits for being saved, and then fills by itself", async ({ product, account, visit }) => {
  const host = visit(account);
  await host.open("/leads/add/");
  const card = host.box(product.widgetCode);
  await expect(card).toContainText("Save the deal first");
  await host.page.getByLabel("Name").fill("40 seats");
  await host.page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(card.getByRole("region", { name: "Verdict" })).toBeVisible();
  await expect(card.getByRole("region", { name: "History" }).locator("li")).toHaveCount(1, { timeout: 15_000 });
});

test("while the card loads its parts stand there already, about where they will be", async ({ product, openCard }) => {
  const wait = Promise.withResolvers<void>();
  const first = await (await openCard(HOT)).judged();
  await first.host.page.route(`${product.serverUrl}/api/leads/*/card`, async (route) => {
    await wait.promise;
    await route.continue();
  });
  await first.host.open(`/leads/detail/${first.leadId}`);
  const verdict = first.part("Verdict");
  await expect(verdict).toHaveAttribute("aria-busy", "true");
  const before = (await first.part("Why").boundingBox())!.y;
  wait.resolve();
  await expect(verdict).toHaveAttribute("aria-busy", "false");
  await expect(verdict).toContainText("Hot");
  // By a line or two, for nobody knows how long a summary will be.
  expect(Math.abs((await first.part("Why").boundingBox())!.y - before)).toBeLessThan(60);
});

test("a backend that does not answer is told, and Try again brings the card", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const { page } = card.host;
  await page.route(`${product.serverUrl}/**`, (route) => route.abort());
  await card.host.open(`/leads/detail/${card.leadId}`);
  await expect(card.root).toContainText("Dealscope does not answer right now.");
  await page.unroute(`${product.serverUrl}/**`);
  await card.button("Try again").click();
  await expect(card.part("Verdict")).toContainText("Hot");
});

test("offline the card stays, says so, and goes on by itself", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const { page } = card.host;
  await page.context().setOffline(true);
  await expect(card.root).toContainText("Offline. As of");
  await card.button("Re-qualify").click();
  await expect(card.root).toContainText("You are offline.");
  await expect(card.part("Verdict")).toContainText("Hot");
  await page.context().setOffline(false);
  await card.button("Re-qualify").click();
  await expect(card.part("History").locator("li")).toHaveCount(2, { timeout: 15_000 });
});

test("an account that Kommo has locked us out of is told and mended from the card", async ({
  product,
  account,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  await product.kommo.control.oauth.revoke({ account: account.id, silently: true });
  await card.button("Re-qualify").click();
  await expect(card.root).toContainText("Connection lost", { timeout: 15_000 });
  await card.host.consent(account, () => card.button("Reconnect").click());
  await expect(card.root).not.toContainText("Connection lost");
  await expect(card.part("Verdict")).toContainText("Hot");
});

test.describe("with a rep who may look at all leads and change his own", () => {
  test.use({ repRights: { view: "A", edit: "M" } });

  test("who may only look is offered nothing to change", async ({ account, openCard }) => {
    const card = await (await openCard(HOT)).judged();
    await card.host.signIn(account.users[1]!.id);
    await card.host.open(`/leads/detail/${card.leadId}`);
    await expect(card.part("Act")).toContainText("Kommo lets you see this lead but not change it.");
    await expect(card.button("Make it a task")).toHaveCount(0);
  });
});

test.describe("with a rep who may see his own leads", () => {
  test.use({ repRights: { view: "M", edit: "M" } });

  test("a lead that Dealscope may not show shows nothing of itself", async ({ product, account, openCard }) => {
    const card = await (await openCard(HOT)).judged();
    // Kommo shows it already, and Dealscope's picture of the rights is some minutes old.
    product.changeRepRights(account, { view: "A", edit: "M" });
    await card.host.signIn(account.users[1]!.id);
    await card.host.open(`/leads/detail/${card.leadId}`);
    await expect(card.root).toContainText("Not visible to you");
    await expect(card.root).not.toContainText("Hot");
  });
});

test("a verdict that failed says why and what to do, as Kommo does, and is tried again", async ({
  product,
  account,
  openCard,
}) => {
  product.openai.control.queue({ name: "refusal", containing: "greenhouse" });
  const card = await openCard({
    ...HOT,
    note: "We need 40 seats for our greenhouse. The budget is approved and I decide.",
  });
  await expect(card.part("Verdict")).toContainText("Needs manual qualification", { timeout: 20_000 });
  await expect(card.part("Verdict")).toContainText("The model refused to judge this text.");
  const step = product.kommo.control.leads.read({ account: account.id, ids: [card.leadId] })[0]!.fields;
  await expect(card.part("Verdict")).toContainText(String(step.DEALSCOPE_NEXT_ACTION));
  await card.button("Try again").click();
  await expect(card.part("Verdict")).not.toContainText("Needs manual qualification", { timeout: 20_000 });
});

test("at the spending limit of the month the card says that nothing is judged", async ({
  product,
  account,
  openCard,
}) => {
  await product.change(account, { monthlyCapDollars: 0 });
  const card = await openCard(HOT);
  await expect(card.root).toContainText("The spending limit of this month is reached", { timeout: 20_000 });
});

test("in a dry run the card shows what would have been written, and Kommo has nothing", async ({
  product,
  account,
  openCard,
}) => {
  await product.change(account, { dryRun: true });
  const card = await (await openCard(HOT)).judged();
  await expect(card.root).toContainText("Dry run: nothing is written into Kommo.");
  await card.root.getByText("Would be written").click();
  await expect(card.root).toContainText("dealscope:hot");
  expect(product.kommo.control.leads.read({ account: account.id, ids: [card.leadId] })[0]!.tags).toEqual([]);
});
