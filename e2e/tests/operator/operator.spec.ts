import { expect, type Page, type Request } from "@playwright/test";
import { expectAccessible } from "../kit/accessible.ts";
import { test as base } from "../kit/dealscope.ts";
import { overflowing } from "../kit/overflow.ts";
import type { Product } from "../kit/product.ts";
import { screenshot } from "../kit/screenshot.ts";
import { aBadNight } from "./night.ts";

const test = base.extend<object, { night: undefined }>({
  night: [
    async ({ product }, use) => {
      await aBadNight(product.databaseUrl);
      await use(undefined);
    },
    { scope: "worker", auto: true },
  ],
});

async function signIn(page: Page, { serverUrl, operatorToken }: Product, name = "Ana") {
  await page.goto(`${serverUrl}/operator`);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Operator token").fill(operatorToken);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Accounts, the worst first" })).toBeVisible();
}

const main = (page: Page) => page.getByRole("main");

test("an operator finds at night what is broken, sees why, has it tried again, and signs out", async ({
  page,
  product,
}) => {
  const { serverUrl } = product;

  await page.goto(`${serverUrl}/operator`);
  await page.getByLabel("Your name").fill("Ana");
  await page.getByLabel("Operator token").fill("not the token of this server");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("This is not the operator's token.");
  await expect(page.getByLabel("Your name")).toHaveValue("Ana");
  await screenshot(page, "operator-sign-in");
  await expectAccessible(page, "body");
  await page.getByLabel("Operator token").fill(product.operatorToken);
  await page.getByRole("button", { name: "Sign in" }).click();

  const [first, second] = await page
    .getByRole("row")
    .filter({ has: page.getByText("Broken") })
    .all();
  await expect(first!).toContainText("Nordwind GmbH");
  await expect(second!).toContainText("credit at the model's provider");

  await screenshot(page, "operator");
  await page.getByRole("link", { name: "Stuck", exact: true }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("19Work");
  await page.getByRole("link", { name: "504" }).click();
  await expect(main(page)).toContainText("Stuck: 5");
  await page
    .getByRole("button", { name: /^Try again work-/ })
    .first()
    .click();
  await expect(page.getByRole("status")).toHaveText("Tried again: 1.");
  await page.getByRole("button", { name: "Try all again" }).click();
  await expect(page.getByRole("status")).toHaveText(/^Tried again: \d+\.$/);

  await page.getByRole("link", { name: "Audit" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText(/operator Ana.*redriven/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(`${serverUrl}/operator/audit`);
  await expect(page.getByLabel("Operator token")).toBeVisible();
});

test("the pages of an operator can be read in the light and the dark, wide and narrow, and run nothing", async ({
  page,
  product,
}) => {
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await signIn(page, product);
  const pages = { accounts: "", stuck: "/stuck", account: "/accounts/503", left: "/accounts/507", audit: "/audit" };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(`${product.serverUrl}/operator${path}`);
    for (const [theme, size, width] of [
      ["light", "wide", 1440],
      ["dark", "narrow", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      await screenshot(page.locator("body"), `operator-${name}-${theme}-${size}`);
      expect(await overflowing(page.locator("body")), `${name} ${size}`).toEqual([]);
      await expectAccessible(page, "body");
    }
  }
  expect(complaints).toEqual([]);
});

test("bull-board shows the queue of turns, and nothing of it comes from elsewhere", async ({ page, product }) => {
  await signIn(page, product);
  const elsewhere: Request[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(product.serverUrl)) elsewhere.push(request);
  });
  await page.getByRole("link", { name: "Queues" }).click();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await expect(page.getByText(/\d+ Jobs?/)).toBeVisible();
    await screenshot(page, `operator-queues-${theme}`);
  }
  // It asks for letters of Google's, which our policy does not let it.
  expect(elsewhere.map((request) => request.failure()?.errorText)).toEqual(elsewhere.map(() => "csp"));
});
