import { readFile } from "node:fs/promises";
import { FunnelReport, GatesReport } from "@dealscope/shared/reports";
import { expect, type Locator } from "@playwright/test";
import { z } from "zod";
import en from "../../../widget/src/i18n/en.json" with { type: "json" };
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import { keysOf, overflowing } from "../kit/overflow.ts";
import type { Account, Product } from "../kit/product.ts";
import { drawReports, RICH } from "../kit/reports.ts";
import { screenshot } from "../kit/screenshot.ts";
import type { SettingsPage } from "../kit/settings-page.ts";

const KnownLists = z.object({
  pipelines: z.array(z.object({ id: z.number(), stages: z.array(z.object({ id: z.number() })) })),
});

/** Maps stages onto budget and legal review, and makes deals: two for budget, three at the lawyers, of which Robin has one. */
async function withDeals(product: Product, account: Account) {
  const { ask } = await product.api(account);
  const [pipeline] = KnownLists.parse(await ask("GET", "/api/lists")).pipelines;
  const [, start, budget, legal] = pipeline!.stages.map(({ id }) => id);
  await product.change(account, {
    gates: {
      pipelines: [
        {
          ...{ pipelineId: pipeline!.id, isOn: false },
          stages: [
            { statusId: budget, buyingStage: "budget_approval" },
            { statusId: legal, buyingStage: "legal_review" },
          ],
        },
      ],
    },
  });
  const [kim, robin] = account.users.map(({ id }) => id);
  const make = (name: string, price: number, status_id: number, responsible_user_id: number) =>
    product.kommo.control.leads.create({ account: account.id, name, price, status_id, responsible_user_id }).id;
  make("Budget A", 5_000, budget!, kim!);
  make("Budget B", 6_000, budget!, kim!);
  make("Contract A", 10_000, legal!, kim!);
  const highest = make("Contract B", 30_000, legal!, kim!);
  make("Contract C", 20_000, legal!, robin!);
  await expect
    .poll(async () => FunnelReport.parse(await ask("GET", "/api/reports/funnel")).stages.map(({ deals }) => deals), {
      timeout: 30_000,
    })
    .toEqual([0, 0, 2, 3, 0, 0]);
  return { pipelineId: pipeline!.id, start: start!, budget: budget!, highest };
}

const funnelOf = (settings: SettingsPage) => settings.box("Deals by buying stage");

test("a new account is told that there are no deals yet, and not shown seven empty pictures", async ({ settings }) => {
  await settings.open("dashboard");
  await expect(settings.root.getByRole("status").filter({ hasText: "No deals yet" })).toBeVisible();
  await expect(settings.root.getByRole("region", { name: "What gates hold" })).toHaveCount(0);
  await screenshot(settings.host.page, "dashboard-empty");
});

test("a figure leads to its deals and from there to Kommo, and the address keeps what was chosen", async ({
  product,
  account,
  settings,
}) => {
  const { highest, pipelineId } = await withDeals(product, account);
  await settings.open("dashboard");
  const funnel = funnelOf(settings);
  await expect(funnel.getByRole("button", { name: "Legal review 3 deals $60,000" })).toBeVisible();
  await expect(funnel.getByRole("button", { name: "Budget approval 2 deals $11,000" })).toBeVisible();
  await expect(settings.box("Expected")).toContainText("of $71,000 in open deals (5 deals)");

  await funnel.getByRole("button", { name: "Show as table" }).click();
  await expect(funnel.getByRole("row").filter({ hasText: "Legal review" })).toContainText("3$60,000");
  await funnel.getByRole("button", { name: "Show as picture" }).click();

  await funnel.getByRole("button", { name: /^Legal review/ }).click();
  const deals = settings.root.getByRole("region", { name: "Legal review" });
  await expect(deals.getByRole("link")).toHaveText(["Contract B", "Contract C", "Contract A"]);
  await settings.root.getByLabel("Responsible", { exact: true }).selectOption("Robin Sales");
  await expect(deals.getByRole("link")).toHaveText(["Contract C"]);
  await settings.root.getByLabel("Period").selectOption("This month");
  await settings.root.getByLabel("Pipeline").selectOption(String(pipelineId));
  await settings.host.page.reload();
  await expect(deals.getByRole("link")).toHaveText(["Contract C"]);
  await expect(settings.root.getByLabel("Period")).toHaveValue("this_month");
  await settings.root.getByLabel("Responsible", { exact: true }).selectOption("Everybody");
  await deals.getByRole("link", { name: "Contract B" }).click();
  await expect(settings.host.page).toHaveURL(new RegExp(`/leads/detail/${highest}`));
});

test("with the keyboard alone deals behind a figure are opened and closed", async ({ product, account, settings }) => {
  await withDeals(product, account);
  await settings.open("dashboard");
  const step = funnelOf(settings).getByRole("button", { name: /^Legal review/ });
  await reach(step);
  await settings.host.page.keyboard.press("Enter");
  const deals = settings.root.getByRole("region", { name: "Legal review" });
  await expect(deals.getByRole("heading")).toBeFocused();
  await reach(deals.getByRole("button", { name: "Close" }));
  await settings.host.page.keyboard.press("Enter");
  await expect(deals).toHaveCount(0);
  await expect(step).toBeFocused();
});

test("what a gate holds now stands first, with what is missing", async ({ product, account, settings }) => {
  const { ask } = await product.api(account);
  const [pipeline] = KnownLists.parse(await ask("GET", "/api/lists")).pipelines;
  const [, start, next] = pipeline!.stages.map(({ id }) => id);
  await product.change(account, {
    gates: { pipelines: [{ pipelineId: pipeline!.id, stages: [{ statusId: next, requiredRoles: ["lawyer"] }] }] },
  });
  const { control } = product.kommo;
  const { id } = control.leads.create({ account: account.id, name: "Held", price: 7_000, status_id: start! });
  await expect.poll(() => ask("GET", `/api/leads/${id}/card`).then(Boolean, () => false)).toBe(true);
  control.leads.move({ account: account.id, id, status_id: next! });
  await expect
    .poll(async () => GatesReport.parse(await ask("GET", "/api/reports/gates")).holds.open, { timeout: 30_000 })
    .toBe(1);
  await settings.open("dashboard");
  const held = settings.box("Held at a gate");
  await expect(held).toContainText("$7,000");
  await expect(held).toContainText("Most often: No Lawyer yet");
  await held.getByRole("button").click();
  await expect(settings.root.getByRole("region", { name: "Held now" }).getByRole("link")).toHaveText(["Held"]);
});

test.describe("a rep who may see his own deals only", () => {
  test.use({ repRights: { view: "M", edit: "M" } });

  test("is shown his own deals, and nothing that is for administrators", async ({ product, account, settings }) => {
    await withDeals(product, account);
    await settings.host.signIn(account.users[1]!.id);
    await settings.open("dashboard");
    await expect(funnelOf(settings).getByRole("button", { name: "Legal review 1 deal $20,000" })).toBeVisible();
    await expect(funnelOf(settings)).not.toContainText("Budget approval 2");
    await expect(settings.box("Take the figures along")).toContainText("the deals you are responsible for");
    await expect(settings.box("Your own BI tool")).toHaveCount(0);
    await expect(settings.root).not.toContainText("Only administrators of the account can change it.");
  });
});

test("an administrator takes the figures along, and lets a BI tool in with a password that is shown once", async ({
  product,
  account,
  settings,
}) => {
  await withDeals(product, account);
  await settings.open("dashboard");
  for (const [format, text] of [
    ["CSV", "Contract B"],
    ["JSON Lines", '"Contract B"'],
  ] as const) {
    const [download] = await Promise.all([
      settings.host.page.waitForEvent("download"),
      settings.box("Take the figures along").getByRole("button", { name: format }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`dealscope-deals.${format === "CSV" ? "csv" : "jsonl"}`);
    expect(await readFile(await download.path(), "utf8")).toContain(text);
  }
  const bi = settings.box("Your own BI tool");
  await bi.getByRole("button", { name: "Make a login" }).click();
  const first = await bi.locator(".dsc-notice code").textContent();
  expect(first).toMatch(/^[\w-]{20,}$/);
  await bi.getByRole("button", { name: "New password" }).click();
  await bi.getByRole("button", { name: "New password" }).click();
  await expect(bi.locator(".dsc-notice code")).not.toHaveText(first!);
  await screenshot(bi, "bi-login");
  await settings.host.page.reload();
  await expect(bi).toContainText("bi_deals");
  await expect(bi.locator(".dsc-notice code")).toHaveCount(0);
  await bi.getByRole("button", { name: "Take the login away" }).click();
  await bi.getByRole("button", { name: "Take the login away" }).click();
  await expect(bi.getByRole("button", { name: "Make a login" })).toBeVisible();
});

test("a report that fails says so and is tried again, and the others are there", async ({ product, settings }) => {
  const { gates, ...others } = RICH;
  await drawReports(settings.host.page, product.serverUrl, others);
  await settings.host.page.route(`${product.serverUrl}/api/reports/gates*`, (route) => route.abort());
  await settings.open("dashboard");
  const box = settings.box("What gates hold");
  await expect(box.getByRole("alert")).toBeVisible();
  await expect(funnelOf(settings)).toContainText("48 deals");
  await drawReports(settings.host.page, product.serverUrl, { gates: gates! });
  await box.getByRole("button", { name: "Try again" }).click();
  await expect(box.getByRole("button", { name: /^Lawyer has not approved yet/ })).toBeVisible();
});

test("while reports are on their way grey lines stand in their place", async ({ product, settings }) => {
  await drawReports(settings.host.page, product.serverUrl);
  const { promise, resolve } = Promise.withResolvers<void>();
  await settings.host.page.route(`${product.serverUrl}/api/reports/**`, async (route) => {
    await promise;
    await route.fallback();
  });
  await settings.open("dashboard");
  await expect(settings.box("What gates hold").locator(".dsc-skeleton")).toHaveCount(4);
  await screenshot(settings.host.page, "dashboard-loading");
  resolve();
  await expect(settings.box("What gates hold")).toContainText("Lawyer has not approved yet");
});

test("while the past of the account is read the figures say so", async ({ product, settings }) => {
  await drawReports(settings.host.page, product.serverUrl, { ...RICH, funnel: { ...RICH.funnel, pastIsRead: false } });
  await settings.open("dashboard");
  await expect(settings.root.getByRole("status").first()).toContainText("The past of the account is still being read");
  await expect(funnelOf(settings)).toContainText("48 deals");
});

test("two days of one's own are a period, and a period that ends before it begins is not asked for", async ({
  product,
  settings,
}) => {
  const asked = await drawReports(settings.host.page, product.serverUrl);
  await settings.open("dashboard");
  await settings.root.getByLabel("Period").selectOption("From … to …");
  const [first, last] = [settings.root.getByLabel("First day"), settings.root.getByLabel("Last day")];
  await first.fill("2026-11-03");
  await last.fill("2026-11-28");
  await expect.poll(() => asked).toContain("/api/reports/funnel?from=2026-11-03&to=2026-11-28");
  await expect(last).toBeFocused();
  const { clock } = settings.host.page;
  await clock.install();
  await last.fill("2026-11-01");
  await expect(settings.root.getByRole("alert")).toHaveText("The period ends before it begins.");
  await clock.fastForward(10_000);
  await last.fill("2026-11-05");
  await expect.poll(() => asked).toContain("/api/reports/funnel?from=2026-11-03&to=2026-11-05");
  expect(asked.filter((path) => path.includes("to=2026-11-01"))).toEqual([]);
  await settings.host.page.reload();
  await expect(last).toHaveValue("2026-11-05");
});

test("of a period that has not begun there is nothing to show", async ({ product, account, settings }) => {
  await withDeals(product, account);
  await settings.open("dashboard");
  await settings.root.getByLabel("Period").selectOption("From … to …");
  await settings.root.getByLabel("First day").fill("2099-01-01");
  await settings.root.getByLabel("Last day").fill("2099-01-31");
  for (const box of ["Deals by buying stage", "Expected and won"]) {
    await expect(settings.box(box)).toContainText("There is nothing to show for this choice.");
  }
});

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme pictures and tables can be read and used by everybody`, async ({ product, settings }) => {
    await drawReports(settings.host.page, product.serverUrl);
    await settings.open("dashboard");
    await settings.host.setTheme(theme);
    await settings.host.page.setViewportSize({ width: 1440, height: 2_600 });
    await expect(funnelOf(settings)).toContainText("48 deals");
    await expect(settings.root).toContainText("As of Nov 28, 2026, 12:05 PM, America/Sao_Paulo");
    await screenshot(settings.host.page, `dashboard-${theme}`);
    await expectAccessible(settings.host.page, ".dealscope-root");
    await settings
      .box("Expected and won")
      .getByRole("button", { name: /^October 2026/ })
      .hover();
    await screenshot(settings.box("Expected and won"), `forecast-${theme}`);
    for (const button of await settings.root.locator(".dsc-picture__switch button").all()) await button.click();
    await settings.box("Time in each stage").getByRole("button", { name: "44" }).first().click();
    await expect(settings.root.getByRole("region", { name: "Legal review" }).getByRole("link")).toHaveCount(3);
    await settings.host.page.setViewportSize({ width: 1440, height: 3_600 });
    await screenshot(settings.host.page, `dashboard-tables-${theme}`);
    await expectAccessible(settings.host.page, ".dealscope-root");
  });
}

for (const lang of ["en", "es", "pt", "tr", "id"]) {
  test(`in ${lang} every word of the dashboard is there and fits, in a narrow window too`, async ({
    product,
    account,
    settings,
  }) => {
    const { control } = product.kommo;
    control.accounts.changeUser({ account: account.id, user_id: account.users[0]!.id, lang });
    await drawReports(settings.host.page, product.serverUrl);
    await settings.host.page.setViewportSize({ width: 1024, height: 900 });
    await settings.open("dashboard");
    const switches = settings.root.locator(".dsc-picture__switch button");
    await expect(switches).toHaveCount(6);
    const check = async () => {
      expect(await overflowing(settings.root)).toEqual([]);
      const text = (await settings.root.textContent()) ?? "";
      expect(keysOf(en).filter((key) => text.includes(key))).toEqual([]);
    };
    await check();
    await settings.host.page.setViewportSize({ width: 1440, height: 2_600 });
    await screenshot(settings.host.page, `dashboard-${lang}`);
    for (const button of await switches.all()) await button.click();
    await check();
  });
}

async function reach(wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let presses = 0; presses < 120; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await wanted.page().keyboard.press("Tab");
  }
  throw new Error(`${wanted} cannot be reached.`);
}
