import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";
import { screenshot } from "../kit/screenshot.ts";

const WORDS = "We sell booking software to hotels. Never to private persons.";

test("a draft is written, tried, published with a note, compared and rolled back", async ({
  product,
  account,
  settings,
}) => {
  const { id } = product.kommo.control.leads.create({ account: account.id, ...HOT });
  await settings.open("criteria");
  const { root } = settings;
  await root.getByLabel("Ideal customer").fill(WORDS);
  await expect(settings.box("What it costs")).toContainText("Per lead");
  await expect(settings.box("What it costs")).toContainText(/\$0\.\d+/);
  await root.getByRole("combobox", { name: "Lead", exact: true }).fill(String(id));
  await root.getByRole("listbox").getByRole("option").first().click();
  await settings.button("Judge this lead").click();
  await expect(settings.box("Try it")).toContainText("Hot", { timeout: 15_000 });

  await settings.button("Save draft").click();
  await expect(root).toContainText("Draft by Kim Vale, not published");
  await settings.open("criteria");
  await expect(root.getByLabel("Ideal customer")).toHaveValue(WORDS);
  await settings.button("Publish…").click();
  await root.getByLabel("Note for your colleagues").fill("Hotels only");
  await settings.button("Publish").click();
  await expect(root).toContainText("Version 2 is in force");

  const versions = settings.box("Versions");
  await expect(versions).toContainText("Hotels only");
  await versions.getByRole("button", { name: "Compare with version 1" }).first().click();
  await expect(versions.locator("ins").first()).toBeVisible();
  await versions.getByRole("button", { name: "Roll back to this" }).click();
  await expect(versions).toContainText("Rolled back to version 1");
  await expect(root.getByLabel("Ideal customer")).not.toHaveValue(WORDS);
});

test("what is done with mails counts by a criterion of its own, which has nothing to word", async ({ settings }) => {
  await settings.open("criteria");
  const { root } = settings;
  await settings.button("Count what is done with mails").click();
  await expect(settings.button("Count what is done with mails")).toHaveCount(0);
  const criterion = root.locator("details", { hasText: "Reads our mails" });
  await criterion.locator("summary").click();
  await expect(criterion).toContainText("Level 0: Nothing was opened in 30 days");
  await expect(criterion).toContainText("Level 5: 8 opens or more in 30 days; a click counts as three");
  await criterion.getByLabel("Weight (1–100)").fill("25");
  await screenshot(criterion, "criteria-mails");
  await settings.button("Save draft").click();
  await expect(root).toContainText("Draft by Kim Vale, not published");
  await settings.open("criteria");
  await criterion.locator("summary").click();
  await expect(criterion).toContainText("Dealscope counts this itself");
  await criterion.getByRole("button", { name: "Remove Reads our mails" }).click();
  await expect(settings.button("Count what is done with mails")).toBeVisible();
});

test("a save that fails keeps what was typed, and so does a reload", async ({ product, settings }) => {
  await settings.open("criteria");
  const icp = settings.root.getByLabel("Ideal customer");
  await icp.fill(WORDS);
  const { page } = settings.host;
  await page.route(`${product.serverUrl}/api/prompt-versions`, (route) =>
    route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await settings.button("Save draft").click();
  await expect(settings.root.getByRole("alert")).toContainText("Dealscope does not answer right now.");
  await expect(icp).toHaveValue(WORDS);
  await settings.open("criteria");
  await expect(icp).toHaveValue(WORDS);
  await page.unroute(`${product.serverUrl}/api/prompt-versions`);
  await settings.button("Save draft").click();
  await expect(settings.root).toContainText("Draft by Kim Vale, not published");
});

test("a wrong value is named where it stands, in the user's language", async ({ product, account, settings }) => {
  const user_id = account.users[0]!.id;
  product.kommo.control.accounts.changeUser({ account: account.id, user_id, lang: "es" });
  await settings.open("criteria");
  const { root } = settings;
  await root.locator("details").first().locator("summary").click();
  const weight = root.getByLabel(/^Peso/).first();
  await weight.fill("many");
  await expect(weight).toHaveAttribute("aria-invalid", "true");
  await expect(weight).toHaveValue("many");
  await expect(root.getByRole("alert").first()).not.toBeEmpty();
});

test("two administrators at once are told, and nothing of either is lost", async ({ product, account, settings }) => {
  await settings.open("criteria");
  const domains = settings.box("Hard rules").getByLabel("Domains");
  await domains.fill("mine.example");
  await product.change(account, { blocklist: { domains: ["theirs.example"], emails: [], phones: [], words: [] } });
  await settings.box("Hard rules").getByRole("button", { name: "Save" }).click();
  await expect(settings.root).toContainText("Somebody else saved this meanwhile");
  await expect(domains).toHaveValue("mine.example");
  await settings.button("Take theirs").click();
  await expect(domains).toHaveValue("theirs.example");
});
