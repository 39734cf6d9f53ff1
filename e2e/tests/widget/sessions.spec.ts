import { expect, type Route } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";

test("a session that has run out is exchanged anew, once, and nobody notices", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  let isOver = true;
  await card.host.page.route(`${product.serverUrl}/api/leads/**`, (route) => {
    if (!isOver) return route.continue();
    isOver = false;
    return withToken(route, "over");
  });
  await card.button("Re-qualify").click();
  await expect(card.part("History").locator("li")).toHaveCount(2, { timeout: 15_000 });
  expect(await card.host.recorded("authorizedAjax")).toHaveLength(2);
});

test("a session that nobody knows any more is not exchanged for ever", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await card.host.page.route(`${product.serverUrl}/api/leads/**`, (route) => withToken(route, "over"));
  await card.button("Re-qualify").click();
  await expect(card.part("Act").getByRole("alert")).toContainText("Your session has ended.");
  expect((await card.host.recorded("authorizedAjax")).length).toBeLessThanOrEqual(3);
});

test("with another account's session nothing of a lead is shown", async ({ product, account, openCard }) => {
  const other = product.createAccount();
  await product.install(other);
  const { token } = await product.api(other);
  const card = await (await openCard(HOT)).judged();
  await card.host.page.route(`${product.serverUrl}/api/leads/**`, (route) => withToken(route, token));
  await card.host.open(`/leads/detail/${card.leadId}`);
  await expect(card.root).toContainText("Not visible to you");
  await expect(card.root).not.toContainText(account.users[0]!.name);
  await expect(card.root).not.toContainText("Hot");
});

test("cards one after the other cost one one-time token", async ({ product, account, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const { id } = product.kommo.control.leads.create({ account: account.id, ...HOT, name: "Another" });
  for (const lead of [id, card.leadId, id]) {
    await card.host.go(`/leads/detail/${lead}`);
    await card.judged();
  }
  expect(await card.host.recorded("authorizedAjax")).toHaveLength(1);
});

function withToken(route: Route, token: string) {
  const headers = route.request().headers();
  if (route.request().method() === "OPTIONS") return route.continue();
  return route.continue({ headers: { ...headers, authorization: `Bearer ${token}` } });
}
