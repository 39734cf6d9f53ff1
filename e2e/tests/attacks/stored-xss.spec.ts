import { expect, type Locator } from "@playwright/test";
import { CROWDED } from "../kit/committee.ts";
import { test } from "../kit/dealscope.ts";
import { READ } from "../kit/engagement.ts";
import { makeHostile } from "../kit/hostile-answers.ts";
import { HOT } from "../kit/leads.ts";
import { Canary, SEEN } from "../kit/payloads.ts";
import { RICH } from "../kit/reports.ts";

const TABS = [
  ...(["setup", "criteria", "committee", "gates", "intake", "customerio", "dashboard"] as const),
  ...(["agreement", "backfill", "activity", "spending"] as const),
];
/** Nothing stands there but figures. */
const WITHOUT_TEXTS = ["spending"];

const reports = Object.fromEntries(
  Object.entries(RICH).map(([name, report]) => [`/api/reports/${name}`, () => report]),
);
const INSTEAD = {
  ...reports,
  "/api/leads/{id}/card": (told: object) => ({ ...told, committee: CROWDED, engagement: READ }),
};

test("no text of any answer becomes anything but a text on the card", async ({ product, page, openCard }) => {
  const canary = await Canary.in(page);
  await makeHostile(page, product.serverUrl, INSTEAD);
  const card = await openCard(HOT);
  await card.judged();
  await expect(card.part("Committee")).toContainText(SEEN);
  await expect(card.part("Engagement")).toContainText(SEEN);
  // What is folded away is opened, and what is hidden behind a button.
  await press(card.root.locator("summary, button[aria-expanded=false]"));
  for (const part of ["Verdict", "Why", "Act", "Committee", "Engagement", "History"] as const)
    await expect(card.part(part), part).toContainText(SEEN);
  await canary.isSilent("card");
});

test("nor on any page of the settings and the dashboard", async ({ product, page, account, settings, openCard }) => {
  await (await openCard(HOT)).judged();
  await product.connectMails(account);
  const { ask } = await product.api(account);
  await ask("POST", "/api/intake/keys", { name: "Website" });
  const canary = await Canary.in(page);
  await makeHostile(page, product.serverUrl, INSTEAD);
  for (const tab of TABS) {
    await settings.open(tab);
    await expect(settings.root.getByRole("region").first()).toBeVisible();
    if (!WITHOUT_TEXTS.includes(tab)) {
      await expect.poll(() => shown(settings.root), { message: tab }).toBeGreaterThan(0);
    }
    await press(settings.root.getByRole("button", { name: "Show as table" }));
    await canary.isSilent(tab);
  }
});

/** All of them at once: one may be another's. */
const press = (these: Locator) => these.evaluateAll((all) => all.map((one) => (one as HTMLElement).click()));

/** How often the payloads stand in what people see: in texts, in boxes to write in, in names for screen readers. */
function shown(root: Locator): Promise<number> {
  return root.evaluate((element, seen) => {
    const boxes = [...element.querySelectorAll("input, textarea")] as HTMLInputElement[];
    const labels = [...element.querySelectorAll("[aria-label], [title]")].map(
      (one) => `${one.getAttribute("aria-label")} ${one.getAttribute("title")}`,
    );
    const texts = [element.textContent, ...boxes.map(({ value }) => value), ...labels].join("\n");
    return texts.split(seen).length - 1;
  }, SEEN);
}
