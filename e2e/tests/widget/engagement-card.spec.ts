import type { EngagementPanel, Timeline } from "@dealscope/shared/engagement-panel";
import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { drawEngagement, OLDER, READ } from "../kit/engagement.ts";
import { HOT } from "../kit/leads.ts";

const SCRIPT = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"'&{{7*7}}`;

test("a deal whose client reads again and again is marked at the verdict and in the panel", async ({
  product,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, READ);
  await expect(card.part("Verdict")).toContainText("3 opens in 48 h");
  await expect(card.part("Engagement")).toContainText("3 opens in 48 h");
  await drawEngagement(card, product.serverUrl, { ...READ, hot: null, timeline: { entries: [], next: null } });
  await expect(card.part("Engagement")).toBeVisible();
  await expect(card.root).not.toContainText("opens in 48 h");
});

test("who may not be written to is named at the verdict, whether or not anybody reads", async ({
  product,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, { ...READ, hot: null });
  await expect(card.part("Verdict")).toContainText("Marta Ruiz de la Torre: unsubscribed +2");
  const reachable = READ.recipients.filter(({ state }) => state === "reachable" || state === "unknown");
  await drawEngagement(card, product.serverUrl, { ...READ, recipients: reachable });
  await expect(card.part("Engagement")).toContainText("3 opens in 48 h");
  await expect(card.part("Verdict")).not.toContainText("unsubscribed");
});

test("what has happened is never still to come, though the clocks differ", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const lastAt = new Date(Date.now() + 59 * 60_000).toISOString();
  await drawEngagement(card, product.serverUrl, { ...READ, hot: { opens: 3, hours: 48, lastAt } });
  await expect(card.part("Verdict")).toContainText(/3 opens in 48 h\s*now/);
});

test("the last 30 days say how often people and how often machines have read", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, READ);
  await expect(card.part("Engagement").getByRole("img")).toHaveAttribute(
    "aria-label",
    "The last 30 days: opened and clicked by people 16 times, on 8 days; by machines 16 times.",
  );
});

test("who may not be written to stands first, with since when and why", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, READ);
  const people = card.part("Engagement").getByRole("region", { name: "May campaigns write?" });
  const rows = people.locator("summary");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(0)).toHaveText(/Nora Vidal.*reported spam/);
  await expect(rows.nth(1)).toHaveText(/Marta Ruiz de la Torre.*unsubscribed/);
  await rows.nth(1).click();
  await expect(people).toContainText("No campaign writes any more: this person has unsubscribed. Since");
  await people.getByRole("button", { name: "Show all 5" }).click();
  await expect(rows).toHaveCount(5);
  await rows.filter({ hasText: "Ana Reyes" }).press("Enter");
  const campaigns = people.getByRole("list", { name: "Campaigns" }).getByRole("listitem");
  await expect(campaigns.nth(0)).toHaveText(/Quote follow-up · wrote .* · starts when the deal changes/);
  await expect(campaigns.nth(2)).toHaveText("Win-back · has not written yet · starts when the deal changes");
});

test("what machines did is grey, folded, and explained in a sentence", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, READ);
  const timeline = card.part("Engagement").getByRole("region", { name: "What happened" });
  await timeline.getByRole("button", { name: "Show more" }).click();
  const folded = timeline.getByRole("listitem").filter({ hasText: "By machines, not counted: 3" });
  await folded.getByText("Show them").click();
  await expect(folded).toContainText("Several links at once: a security scanner looks so.");
  await expect(folded).toContainText("Too soon after it arrived for anybody to have read it.");
  await expect(folded).toContainText("Loaded ahead by the mail program; perhaps nobody has read it.");
  await expect(timeline).toContainText("Talks with the decision maker → Contract at the lawyers");
  await expect(timeline).toContainText("Hot 81");
  await expect(timeline).toContainText("Task to call made");
});

test("a long history is read page by page, and the keyboard is not lost at its end", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const asked = await drawEngagement(card, product.serverUrl, READ);
  const panel = card.part("Engagement");
  await panel.getByRole("button", { name: "Show more" }).click();
  expect(asked).toEqual([]);
  const older = panel.getByRole("button", { name: "Older" });
  await older.click();
  await expect(panel).toContainText("Letter 21");
  await expect(panel).not.toContainText("The very first letter");
  await older.click();
  await expect(panel).toContainText("The very first letter");
  expect(asked).toEqual(["page2", "page3"]);
  await expect(older).toHaveCount(0);
  await expect(panel.locator(".dsc-timeline")).toBeFocused();
  await panel.getByRole("button", { name: "Show less" }).click();
  await expect(panel).not.toContainText("Letter 21");
});

test("an older page that does not come says so, and is asked for again by hand", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, READ);
  const address = `${product.serverUrl}/api/leads/*/engagement**`;
  await card.host.page.route(address, (route) => route.abort());
  const panel = card.part("Engagement");
  await panel.getByRole("button", { name: "Show more" }).click();
  await panel.getByRole("button", { name: "Older" }).click();
  await expect(panel.getByRole("alert")).toContainText("Dealscope does not answer right now.");
  await expect(panel).toContainText("Task to call made");
  await card.host.page.unroute(address);
  await drawOlder(product.serverUrl);
  await panel.getByRole("button", { name: "Try again" }).click();
  await expect(panel).toContainText("Letter 21");
  await expect(panel.getByRole("alert")).toHaveCount(0);

  async function drawOlder(serverUrl: string) {
    await card.host.page.route(`${serverUrl}/api/leads/*/engagement**`, (route) =>
      route.request().method() === "OPTIONS"
        ? route.fallback()
        : route.fulfill({ json: OLDER.page2, headers: { "access-control-allow-origin": "*" } }),
    );
  }
});

test("what has happened meanwhile is shown first, and nothing is missing between the pages", async ({
  product,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  const fresh: EngagementPanel = structuredClone(READ);
  const pages: Record<string, Timeline> = structuredClone(OLDER);
  const asked = await drawEngagement(card, product.serverUrl, fresh, pages);
  const panel = card.part("Engagement");
  await panel.getByRole("button", { name: "Show more" }).click();
  await panel.getByRole("button", { name: "Older" }).click();
  await expect(panel).toContainText("Letter 21");
  const slid = fresh.timeline.entries.pop()!;
  pages.page2!.entries.unshift(slid);
  fresh.timeline.entries.unshift({ kind: "stage", id: "s9", at: new Date().toISOString(), from: "Trial", to: "Won" });
  // The card is read anew when its page is looked at again.
  await expect(async () => {
    await card.host.page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
    await expect(panel).toContainText("Trial → Won", { timeout: 1_000 });
  }).toPass();
  await expect(panel.getByRole("listitem").filter({ hasText: "Talks with the decision maker" })).toHaveCount(2);
  expect(asked).toEqual(["page2", "", "page2"]);
});

test("a deal to whose people nothing was sent says so; without Customer.io there is no panel", async ({
  product,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  const heat = READ.heat.map(({ day }) => ({ day, human: 0, machine: 0 }));
  const moved = READ.timeline.entries.filter(({ kind }) => kind === "stage" || kind === "verdict");
  const nothing = { hot: null, heat, recipients: [], timeline: { entries: moved, next: null } };
  await drawEngagement(card, product.serverUrl, nothing);
  await expect(card.part("Engagement")).toContainText("No campaign has written to the people of this deal yet.");
  await expect(card.part("Engagement").getByRole("img")).toHaveCount(0);
  await expect(card.part("Engagement")).not.toContainText("Hot 81");
  await drawEngagement(card, product.serverUrl, null);
  await expect(card.part("History")).toContainText("Hot");
  await expect(card.part("Engagement")).toHaveCount(0);
});

test("while the card loads the engagement has its place, and what cannot be drawn breaks nothing else", async ({
  product,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, { ...READ, heat: null as never });
  await expect(card.part("Engagement")).toContainText("This part cannot be shown.");
  await expect(card.part("Verdict")).toContainText("Hot");
  const wait = Promise.withResolvers<void>();
  await card.host.page.route(`${product.serverUrl}/api/leads/*/card`, async (route) => {
    await wait.promise;
    await route.fallback();
  });
  await card.host.open(`/leads/detail/${card.leadId}`);
  await expect(card.part("Engagement")).toHaveAttribute("aria-busy", "true");
  wait.resolve();
});

test("subjects, names, reasons and links that are scripts are text, and no link can be followed", async ({
  product,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  await drawEngagement(card, product.serverUrl, withScripts(READ));
  const panel = card.part("Engagement");
  for (const name of ["Show all 5", "Show more"]) await panel.getByRole("button", { name }).click();
  for (const summary of await panel.locator("summary").all()) await summary.click();
  await expect(panel).toContainText(`Your quote for 40 seats${SCRIPT}`);
  await expect(panel).toContainText(`Nora Vidal${SCRIPT}`);
  await expect(panel).toContainText(`The number is not valid.${SCRIPT}`);
  await expect(panel).not.toContainText("alert(1)");
  await expect(panel.locator("a")).toHaveCount(0);
  expect(await card.host.page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  await expect(card.host.page.locator("img[src=x], [onerror]")).toHaveCount(0);
});

/** The same answer with a script behind every text that somebody may have written. */
function withScripts<Value>(value: Value, key = ""): Value {
  const written = ["name", "subject", "campaign", "reason", "from", "to"];
  if (key === "link") return "javascript:alert(1)" as Value;
  if (typeof value === "string") return (written.includes(key) ? value + SCRIPT : value) as Value;
  if (Array.isArray(value)) return value.map((one) => withScripts(one, key)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withScripts(one, name)])) as Value;
}
