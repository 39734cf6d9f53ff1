import { type CDPSession, expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT, WARM } from "../kit/leads.ts";

test("lead A, lead B, list, lead C, settings and back: nothing is left over, however often", async ({
  product,
  account,
  openCard,
}) => {
  const a = await (await openCard(HOT)).judged();
  const { host } = a;
  const create = (lead: typeof HOT) => product.kommo.control.leads.create({ account: account.id, ...lead }).id;
  const [b, c] = [create(WARM), create({ ...HOT, name: "Another" })];
  const own = `/settings/widgets/${product.widgetCode}/`;
  const round = async () => {
    for (const id of [a.leadId, b, c]) {
      await host.go(`/leads/detail/${id}`);
      await a.judged();
      await expect(a.root).toHaveCount(1);
      if (id === b) await host.go("/leads/pipeline/");
    }
    await host.go(own);
    await expect(host.page.locator(".dealscope-root")).toHaveCount(1);
    await host.go("/settings/widgets/");
    await host.page.goBack();
    await expect(host.page.locator(".dealscope-root")).toHaveCount(1);
    await host.go("/leads/pipeline/");
    await expect(host.page.locator(".board-card")).toHaveCount(3);
  };
  const cdp = await host.page.context().newCDPSession(host.page);
  await round();
  await round();
  const before = await leftOver(cdp);
  for (let times = 0; times < 3; times++) await round();
  const after = await leftOver(cdp);
  // Half a round would be more than this: a panel has dozens of either.
  expect(after.nodes).toBeLessThanOrEqual(before.nodes + 5);
  expect(after.listeners).toBeLessThanOrEqual(before.listeners + 5);
  const ours = "[class*='dsc-'], [class*='dealscope'], [id*='dealscope-panel'], head link[href*='/upl/'], head style";
  await expect(host.page.locator(ours)).toHaveCount(0);
  expect(await host.recorded("violations")).toEqual([]);
});

test("who has left a card asks for it no more, and its answers come to nothing", async ({
  product,
  account,
  openCard,
}) => {
  await product.change(account, { settleSeconds: 5 });
  const card = await openCard(HOT);
  // It is still to be judged, so the card looks again and again.
  await expect(card.part("Verdict")).toContainText("Being judged now…");
  const asked: string[] = [];
  card.host.page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
  await expect.poll(() => asked).toContain(`/api/leads/${card.leadId}/card`);
  const { id } = product.kommo.control.leads.create({ account: account.id, name: "Another" });
  await card.host.go(`/leads/detail/${id}`);
  await expect(card.part("Verdict")).toContainText("Being judged now…");
  asked.length = 0;
  await expect.poll(() => asked.length, { timeout: 15_000 }).toBeGreaterThan(1);
  expect(asked).not.toContain(`/api/leads/${card.leadId}/card`);
});

/** What the browser still holds after the garbage is collected. */
async function leftOver(cdp: CDPSession) {
  await cdp.send("HeapProfiler.collectGarbage");
  const { nodes, jsEventListeners: listeners } = await cdp.send("Memory.getDOMCounters");
  return { nodes, listeners };
}
