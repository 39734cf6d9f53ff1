import { expect } from "@playwright/test";
import en from "../../../widget/src/i18n/en.json" with { type: "json" };
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import { drawEngagement, READ } from "../kit/engagement.ts";
import { HOT } from "../kit/leads.ts";
import { keysOf, overflowing } from "../kit/overflow.ts";
import { screenshot } from "../kit/screenshot.ts";

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme the engagement can be read and used by everybody`, async ({ product, openCard }) => {
    const card = await (await openCard(HOT)).judged();
    await drawEngagement(card, product.serverUrl, READ);
    await card.host.setTheme(theme);
    const panel = card.part("Engagement");
    await expect(panel).toContainText("3 opens in 48 h");
    await screenshot(panel, `engagement-panel-${theme}`);
    await screenshot(card.host.page, `engagement-page-${theme}`);
    await screenshot(card.part("Verdict"), `engagement-verdict-${theme}`);
    await expectAccessible(card.host.page, ".dealscope-root");
    await panel.getByRole("button", { name: "Show all 5" }).click();
    await panel.getByText("Nora Vidal").click();
    await panel.getByText("Ana Reyes").first().click();
    await panel.getByRole("button", { name: "Show more" }).click();
    await panel.getByText("Show them").click();
    await screenshot(panel, `engagement-open-${theme}`);
    await expectAccessible(card.host.page, ".dealscope-root");
  });
}

for (const lang of ["en", "es", "pt", "tr", "id"]) {
  test(`in ${lang} every word of the engagement is there and fits into 245 pixels`, async ({
    product,
    account,
    openCard,
  }) => {
    const { control } = product.kommo;
    const card = await (await openCard(HOT)).judged();
    control.accounts.changeUser({ account: account.id, user_id: account.users[0]!.id, lang });
    await drawEngagement(card, product.serverUrl, READ);
    const panel = card.root
      .getByRole("region")
      .filter({ has: card.host.page.locator(".dsc-timeline") })
      .first();
    const closed = panel.locator(".dsc-text-button[aria-expanded=false]");
    while ((await closed.count()) > 0) await closed.last().click();
    for (const summary of await panel.locator("summary").all()) await summary.click();
    expect((await card.root.boundingBox())?.width).toBe(245);
    expect(await overflowing(card.root)).toEqual([]);
    const text = (await card.root.textContent()) ?? "";
    expect(keysOf(en).filter((key) => text.includes(key))).toEqual([]);
    await screenshot(panel, `engagement-panel-${lang}`);
  });
}
