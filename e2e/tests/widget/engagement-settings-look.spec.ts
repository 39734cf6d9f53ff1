import { expect } from "@playwright/test";
import en from "../../../widget/src/i18n/en.json" with { type: "json" };
import { expectAccessible } from "../kit/accessible.ts";
import { BY_HAND, DrawnCustomerio, ILL, WELL } from "../kit/customerio.ts";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";
import { keysOf, overflowing } from "../kit/overflow.ts";
import type { Account, Product } from "../kit/product.ts";
import { screenshot } from "../kit/screenshot.ts";
import type { SettingsPage } from "../kit/settings-page.ts";

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme the tab of Customer.io can be read and used by everybody`, async ({
    product,
    account,
    settings,
    openCard,
  }) => {
    await makeFields(product, account);
    await (await openCard(HOT)).judged();
    const { page } = settings.host;
    const drawn = await new DrawnCustomerio(BY_HAND).draw(page, product.serverUrl);
    await settings.open("customerio");
    await settings.host.setTheme(theme);
    await settings.button("Check the connection").click();
    await expect(settings.root).toContainText("Paste the signing key of the Reporting Webhooks page.");
    await settings.button("Add a field").click();
    await settings.button("Add a field").click();
    await settings.root.getByRole("combobox", { name: "Lead" }).fill("Reyes");
    await settings.root.getByRole("listbox").getByRole("option").first().click();
    await settings.button("Show").click();
    await expect(settings.root).toContainText("Known by e-mail: ana@reyes.example");
    await page.setViewportSize({ width: 1440, height: 3_200 });
    await screenshot(page, `customerio-by-hand-${theme}`);
    await expectAccessible(page, ".dealscope-root");
    await openFolds(settings);
    await screenshot(page, `customerio-open-${theme}`);
    await expectAccessible(page, ".dealscope-root");

    drawn.connection = ILL;
    drawn.sent = {
      ...drawn.sent,
      state: "running",
      total: 120,
      done: 55,
      failed: 2,
      waitingFor: "The Track key is refused.",
    };
    await settings.open("customerio");
    await settings.host.setTheme(theme);
    await expect(settings.root).toContainText("Customer.io refuses the keys");
    await screenshot(page, `customerio-ill-${theme}`);
    await expectAccessible(page, ".dealscope-root");
    await settings.open("setup");
    await settings.host.setTheme(theme);
    await expect(settings.box("Customer.io")).toContainText("signed with another key");
    await page.setViewportSize({ width: 1440, height: 1_800 });
    await screenshot(page, `customerio-setup-${theme}`);
    await expectAccessible(page, ".dealscope-root");
  });
}

for (const lang of ["en", "es", "pt", "tr", "id"]) {
  test(`in ${lang} every word about Customer.io is there and fits`, async ({ product, account, settings }) => {
    const { control } = product.kommo;
    control.accounts.changeUser({ account: account.id, user_id: account.users[0]!.id, lang });
    await makeFields(product, account);
    const gone = control.fields.create({ account: account.id, name: "Region", type: "text" });
    const { page } = settings.host;
    const drawn = await new DrawnCustomerio(ILL).draw(page, product.serverUrl);
    drawn.sent = { ...drawn.sent, state: "done", total: 120, done: 118, failed: 2, endedAt: new Date().toISOString() };
    await product.change(account, {
      engagement: {
        speaksFor: { who: "roles", roles: ["lawyer"] },
        fields: [{ entity: "lead", fieldId: gone.id, attribute: "region", type: "text" }],
        effects: { unsubscribe: { task: true } },
      },
    });
    control.fields.remove({ account: account.id, id: gone.id });
    await page.setViewportSize({ width: 1024, height: 900 });
    await settings.open("customerio");
    await expect(settings.root.getByRole("progressbar")).toHaveCount(0);
    await openFolds(settings);
    expect(await overflowing(settings.root)).toEqual([]);
    const text = (await settings.root.textContent()) ?? "";
    expect(keysOf(en).filter((key) => text.includes(key))).toEqual([]);
    await page.setViewportSize({ width: 1024, height: 4_400 });
    await screenshot(page, `customerio-${lang}`);
    drawn.connection = WELL;
    await settings.open("setup");
    await expect(settings.root.getByRole("link", { name: en.cio_standing.open })).toHaveCount(lang === "en" ? 1 : 0);
    expect(await overflowing(settings.root)).toEqual([]);
  });
}

async function openFolds(settings: SettingsPage) {
  await settings.root.locator("details").last().waitFor();
  await settings.root.evaluate((root) => {
    for (const fold of root.querySelectorAll("details")) fold.open = true;
  });
}

async function makeFields({ kommo }: Product, { id: account }: Account) {
  kommo.control.fields.create({ account, name: "Number of employees", type: "numeric" });
  kommo.control.fields.create({ account, name: "Código postal", type: "text" });
}
