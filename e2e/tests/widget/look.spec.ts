import { expect, type Locator } from "@playwright/test";
import en from "../../../widget/src/i18n/en.json" with { type: "json" };
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";
import { keysOf, overflowing } from "../kit/overflow.ts";
import { OTHER_CLIENT_ID } from "../kit/product.ts";
import { screenshot } from "../kit/screenshot.ts";
import { smallWidget } from "../kit/small-widget.ts";

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme the card can be read and used by everybody`, async ({ openCard }) => {
    const card = await (await openCard(HOT)).judged();
    await card.host.setTheme(theme);
    await expect(card.part("Verdict")).toContainText("Hot");
    await screenshot(card.host.box("dealscope_sandbox"), `card-${theme}`);
    await screenshot(card.host.page, `card-page-${theme}`);
    await expectAccessible(card.host.page, ".dealscope-root");
    await card.part("Why").getByRole("button").first().click();
    await card.button("Override").click();
    await card.button("Save").click();
    await screenshot(card.host.box("dealscope_sandbox"), `override-${theme}`);
    await expectAccessible(card.host.page, ".dealscope-root");
  });

  test(`in the ${theme} theme the settings can be read and used by everybody`, async ({ product, account, visit }) => {
    const host = visit(account);
    await host.open("/settings/widgets/");
    await host.setTheme(theme);
    await host.page.getByRole("button", { name: /Dealscope/ }).click();
    await expect(host.page.locator(".dealscope-root")).toContainText("You are Kim Vale");
    await screenshot(host.page, `settings-window-${theme}`);
    await expectAccessible(host.page, ".dealscope-root");
    await host.go(`/settings/widgets/${product.widgetCode}/`);
    await expect(host.page.locator(".dealscope-root")).toContainText("Is everything working?");
    await screenshot(host.page, `settings-${theme}`);
    await expectAccessible(host.page, ".dealscope-root");
  });
}

for (const lang of ["en", "es", "pt", "tr", "id"]) {
  test(`in ${lang} every word is there and fits into 245 pixels`, async ({ product, account, openCard }) => {
    const { control } = product.kommo;
    control.accounts.changeUser({ account: account.id, user_id: account.users[0]!.id, lang });
    const card = await openCard(HOT);
    await expect(card.root.getByRole("region").last().locator("li").first()).toBeVisible({ timeout: 20_000 });
    await card.root.getByRole("button", { expanded: false }).last().click();
    expect((await card.root.boundingBox())?.width).toBe(245);
    expect(await overflowing(card.root)).toEqual([]);
    const text = (await card.root.textContent()) ?? "";
    expect(keysOf(en).filter((key) => text.includes(key))).toEqual([]);
    await screenshot(card.host.box(product.widgetCode), `card-${lang}`);
  });
}

test("with the keyboard alone a lead is overridden and the override is cleared", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const { keyboard } = card.host.page;
  const reach = async (wanted: Locator) => {
    for (let presses = 0; presses < 80; presses++) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
      await keyboard.press("Tab");
    }
    throw new Error(`${wanted} cannot be reached.`);
  };
  await reach(card.button("Override"));
  await keyboard.press("Enter");
  await reach(card.part("Act").getByRole("radio", { checked: true }).first());
  await keyboard.press("ArrowDown");
  await reach(card.root.getByLabel("Reason"));
  await keyboard.type("Postponed");
  await reach(card.button("Save"));
  await keyboard.press("Enter");
  await expect(card.part("Verdict")).toContainText("Set by Kim Vale");
  await reach(card.button("Clear override"));
  await keyboard.press("Space");
  await expect(card.part("Verdict")).not.toContainText("Set by Kim Vale");
});

test("another widget looks beside ours as it does alone", async ({ product, account, openCard }) => {
  const { control } = product.kommo;
  const script = `
    this.callbacks = {
      render: function () {
        self.render_template({ caption: {}, body: '<div class="other"><h3>Title</h3><p>Text</p><a href="#">Link</a><ul><li>One</li></ul><table><tr><td>Cell</td></tr></table><button>Button</button><input value="x"><select><option>y</option></select><textarea>z</textarea></div>', render: "" });
        return true;
      },
      init: function () { return true; },
      bind_actions: function () { return true; },
    };`;
  control.widgets.upload({ archive: smallWidget({ script }), code: "other", client_id: OTHER_CLIENT_ID });
  control.widgets.save({ account: account.id, code: "other", active: true });
  const styles = (root: Locator) =>
    root.evaluate((element) =>
      [element, ...element.querySelectorAll("*")].map((one) => {
        const style = getComputedStyle(one);
        return `${one.tagName} ${[...style].map((name) => `${name}:${style.getPropertyValue(name)}`).join(";")}`;
      }),
    );
  control.widgets.save({ account: account.id, code: product.widgetCode, active: false });
  const card = await openCard(HOT);
  const other = card.host.box("other").locator(".other");
  await expect(other).toBeVisible();
  const alone = await styles(other);
  control.widgets.save({ account: account.id, code: product.widgetCode, active: true });
  await card.host.open(`/leads/detail/${card.leadId}`);
  if (await card.root.isHidden()) await card.host.box(product.widgetCode).locator(".js-widget-caption-block").click();
  await card.judged();
  expect(await styles(other)).toEqual(alone);
  control.widgets.save({ account: account.id, code: "other", active: false });
});
