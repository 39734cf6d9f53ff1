import { expect } from "@playwright/test";
import en from "../../../widget/src/i18n/en.json" with { type: "json" };
import { test } from "../kit/dealscope.ts";
import { HOT, WARM } from "../kit/leads.ts";

const TABS = ["setup", "criteria", "committee", "gates", "agreement", "backfill", "activity", "spending"] as const;

for (const lang of ["en", "es", "pt", "tr", "id"]) {
  test(`in ${lang} every word of the settings is there, and nothing is wider than the page`, async ({
    product,
    account,
    settings,
  }) => {
    const { control } = product.kommo;
    control.accounts.changeUser({ account: account.id, user_id: account.users[0]!.id, lang });
    await settings.open("setup");
    // Such as `criteria.title`, which is shown where a text is missing.
    const nameOfText = new RegExp(`\\b(${Object.keys(en).join("|")})\\.[a-z_]{3,}\\b`);
    for (const tab of TABS) {
      await settings.root.locator(`nav a[href="#${tab}"]`).click();
      await expect(settings.root.getByRole("region").first()).toBeVisible();
      await expect(settings.root.locator("[aria-busy=true]")).toHaveCount(0);
      await expect(settings.root).not.toHaveText(nameOfText);
      const excess = await settings.root.evaluate((element) => element.scrollWidth - element.clientWidth);
      expect(excess, tab).toBeLessThanOrEqual(0);
    }
  });
}

test("two drafts at once are shown with what they say otherwise, and one is chosen", async ({
  product,
  account,
  settings,
}) => {
  const { ask } = await product.api(account);
  await settings.open("criteria");
  const icp = settings.root.getByLabel("Ideal customer");
  await icp.fill("Mine");
  const { versions } = (await ask("GET", "/api/prompt-versions")) as { versions: { content: object }[] };
  await ask("POST", "/api/prompt-versions", { ...versions[0]!.content, icp: "Theirs" });
  await settings.button("Save draft").click();
  await expect(settings.root).toContainText("Somebody else saved this meanwhile");
  await expect(settings.root.locator("del")).toHaveText("Theirs");
  await expect(settings.root.locator("ins")).toHaveText("Mine");
  await settings.button("Save mine").click();
  await expect(settings.root).toContainText("Draft by Kim Vale, not published");
  expect(await ask("GET", "/api/prompt-versions")).toMatchObject({ versions: [{ content: { icp: "Mine" } }, {}] });
});

test("a value that the server refuses is named, and stays as it was typed", async ({ settings }) => {
  await settings.open("criteria");
  const triggers = settings.box("When a lead is judged");
  const wait = triggers.getByLabel("Wait after the last news, seconds (0–30)");
  await wait.fill("90");
  await triggers.getByRole("button", { name: "Save", exact: true }).click();
  await expect(triggers).toContainText("may be at most 30.");
  await expect(wait).toHaveValue("90");
});

test("the limit of a month is set as people write money", async ({ settings }) => {
  await settings.open("spending");
  const cap = settings.root.getByLabel("Limit for a month, dollars");
  await cap.fill("much");
  await expect(settings.root).toContainText("Enter an amount such as 25");
  await cap.fill("12,5");
  await settings.button("Save").click();
  await expect(settings.root).toContainText("of $12.50 spent");
});

test("what waits is shown with its reason, and tried again when the reason is gone", async ({
  product,
  account,
  settings,
}) => {
  const { control } = product.openai;
  await settings.open("activity");
  const stuck = settings.box("Stuck");
  await expect(stuck).toContainText("Nothing is stuck.");
  control.queue({ name: "429_quota", times: 20 });
  for (const lead of [HOT, WARM]) product.kommo.control.leads.create({ account: account.id, ...lead });
  await expect(stuck).toContainText("Leads wait for credit at the provider", { timeout: 20_000 });
  await settings.button("Try all again").click();
  await expect(stuck).toContainText("has run out of credit");
  control.clearQueue();
  await settings.button("Try all again").click();
  await expect(settings.box("What happened")).toContainText("Hot", { timeout: 20_000 });
});

test.afterEach(({ product }) => product.openai.control.clearQueue());
