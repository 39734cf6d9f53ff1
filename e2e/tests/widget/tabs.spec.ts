import { expect } from "@playwright/test";
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";
import { screenshot } from "../kit/screenshot.ts";

const TABS = [
  "setup",
  "criteria",
  "committee",
  "gates",
  "customerio",
  "agreement",
  "backfill",
  "activity",
  "spending",
] as const;

test("each tab is an address that survives a reload, and back leads to the one before", async ({ settings }) => {
  await settings.open("setup");
  await settings.root.getByRole("link", { name: "Spending" }).click();
  await expect(settings.host.page).toHaveURL(/#spending$/);
  await settings.host.page.reload();
  await expect(settings.tab).toHaveText("Spending");
  await settings.host.page.goBack();
  await expect(settings.tab).toHaveText("Setup");
});

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme every tab can be read and used by everybody`, async ({ settings, openCard }) => {
    await (await openCard(HOT)).judged();
    for (const tab of TABS) {
      await settings.open(tab);
      await settings.host.setTheme(theme);
      await expect(settings.root.getByRole("region").first()).toBeVisible();
      await screenshot(settings.host.page, `${tab}-${theme}`);
      await expectAccessible(settings.host.page, ".dealscope-root");
    }
  });
}

test("a rep may look at everything and change nothing", async ({ product, account, settings }) => {
  await settings.host.signIn(account.users[1]!.id);
  for (const tab of TABS) {
    await settings.open(tab);
    await expect(settings.root).toContainText("Only administrators of the account can change it.");
    // What only chooses what is shown stays of use.
    const fields = settings.root.locator(
      "fieldset :is(input, select, textarea):not([role=combobox]):not([type=radio])",
    );
    for (const field of await fields.all()) await expect(field).toBeDisabled();
    for (const name of [
      "Save",
      "Save draft",
      "Import",
      "Keep writing and continue",
      "Pause writing and continue",
      "Count leads and cost",
    ]) {
      for (const button of await settings.root.getByRole("button", { name, exact: true }).all())
        await expect(button).toBeDisabled();
    }
  }
  const { ask } = await product.api(account, account.users[1]!.id);
  await expect(ask("PUT", "/api/settings", { version: 1, settings: {} })).rejects.toThrow("403");
});

test("activity tells what happened to a lead, and spending what it cost", async ({ settings, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await settings.open("activity");
  await settings.root.getByRole("combobox", { name: "Of one lead" }).fill(String(card.leadId));
  await settings.root.getByRole("listbox").getByRole("option").first().click();
  await expect(settings.root.getByRole("listitem").first()).toBeVisible();
  await expect(settings.root).toContainText("Hot");
  await settings.open("spending");
  await expect(settings.root.getByRole("row").nth(1)).toContainText("$");
});

test("labels of experts are imported, and agreement is shown with its interval", async ({ settings, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await settings.open("agreement");
  await settings.root.getByLabel("Lines: lead’s number, segment").fill(`${card.leadId}, cold`);
  await settings.button("Import").click();
  await expect(settings.root).toContainText("0 of 1 leads", { timeout: 10_000 });
  await expect(settings.root).toContainText("95 %");
  await expect(settings.root).toContainText("Where they disagree");
});
