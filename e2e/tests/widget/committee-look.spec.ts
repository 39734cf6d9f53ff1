import { expect } from "@playwright/test";
import en from "../../../widget/src/i18n/en.json" with { type: "json" };
import { expectAccessible } from "../kit/accessible.ts";
import { CROWDED, drawCommittee } from "../kit/committee.ts";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";
import { keysOf, overflowing } from "../kit/overflow.ts";
import { screenshot } from "../kit/screenshot.ts";

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme the committee can be read and used by everybody`, async ({ product, openCard }) => {
    const card = await (await openCard(HOT)).judged();
    await drawCommittee(card, product.serverUrl, CROWDED);
    await card.host.setTheme(theme);
    const panel = card.part("Committee");
    await expect(panel).toContainText("Held before “Contract signed”");
    await screenshot(panel, `committee-panel-${theme}`);
    await screenshot(card.host.page, `committee-page-${theme}`);
    await expectAccessible(card.host.page, ".dealscope-root");
    await panel.getByRole("button", { name: "Pending: Marta Ruiz de la Torre" }).click();
    await panel.getByRole("button", { name: "Let through" }).click();
    await panel.getByText("Answered (1)").click();
    await panel.getByRole("button", { name: "Add an objection" }).click();
    await panel.getByRole("button", { name: "Save", exact: true }).last().click();
    await panel.getByRole("button", { name: "Add a person" }).click();
    await screenshot(panel, `committee-open-${theme}`);
    await expectAccessible(card.host.page, ".dealscope-root");
  });
}

for (const lang of ["en", "es", "pt", "tr", "id"]) {
  test(`in ${lang} every word of the committee is there and fits into 245 pixels`, async ({
    product,
    account,
    openCard,
  }) => {
    const { control } = product.kommo;
    const card = await (await openCard(HOT)).judged();
    control.accounts.changeUser({ account: account.id, user_id: account.users[0]!.id, lang });
    await drawCommittee(card, product.serverUrl, CROWDED);
    const panel = card.root.locator(".dsc-people");
    await panel.locator(".dsc-sign-button").nth(1).click();
    await panel.locator("summary").click();
    const closed = panel.locator(".dsc-text-button[aria-expanded=false]");
    while ((await closed.count()) > 0) await closed.last().click();
    expect((await card.root.boundingBox())?.width).toBe(245);
    expect(await overflowing(card.root)).toEqual([]);
    const text = (await card.root.textContent()) ?? "";
    expect(keysOf(en).filter((key) => text.includes(key))).toEqual([]);
    await screenshot(panel, `committee-panel-${lang}`);
  });
}
