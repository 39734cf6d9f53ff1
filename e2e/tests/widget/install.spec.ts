import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";

test("from Install in Kommo's window to the first judged lead", async ({ product, fresh, visit }) => {
  const host = visit(fresh);
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: /Dealscope/ }).click();
  const modal = host.page.locator(".widget-settings__modal");
  await expect(modal.locator(".dealscope-root")).toContainText("One step is missing");
  await modal.getByRole("button", { name: "Install", exact: true }).click();
  await expect(host.page.locator(".integration__state")).toHaveText("Installed");

  await host.page.getByRole("button", { name: /Dealscope/ }).click();
  await expect(modal.locator(".dealscope-root")).toContainText("You are Kim Vale", { timeout: 15_000 });
  await modal.locator(".dealscope-root").getByRole("link").click();
  await expect(host.page.locator(`#work-area-${product.widgetCode} .dealscope-root`)).toBeVisible();

  const { id } = product.kommo.control.leads.create({ account: fresh.id, ...HOT });
  await host.open(`/leads/detail/${id}`);
  await expect(host.box(product.widgetCode)).toContainText("Hot", { timeout: 20_000 });
});

test("an account that is not connected is told on the card, and connected from there", async ({
  product,
  fresh,
  visit,
}) => {
  const { control } = product.kommo;
  control.widgets.save({ account: fresh.id, code: product.widgetCode, active: true });
  const { id } = control.leads.create({ account: fresh.id, ...HOT });
  const host = visit(fresh);
  await host.open(`/leads/detail/${id}`);
  const card = host.box(product.widgetCode);
  await expect(card).toContainText("Not connected yet");
  await host.consent(fresh, () => card.getByRole("button", { name: "Connect" }).click());
  await expect(card).not.toContainText("Not connected yet");
  await expect(card.getByRole("region", { name: "Verdict" })).toBeVisible();
});

test("a connection that is on its way is noticed in the settings window by itself", async ({
  product,
  fresh,
  visit,
}) => {
  product.kommo.control.widgets.save({ account: fresh.id, code: product.widgetCode, active: true });
  const host = visit(fresh);
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: /Dealscope/ }).click();
  const root = host.page.locator(".widget-settings__modal .dealscope-root");
  await expect(root).toContainText("One step is missing");
  await product.install(fresh);
  await expect(root).toContainText("You are Kim Vale", { timeout: 15_000 });
});

test("a denied connection changes nothing, and may be tried again", async ({ product, fresh, visit }) => {
  product.kommo.control.widgets.save({ account: fresh.id, code: product.widgetCode, active: true });
  const host = visit(fresh);
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: /Dealscope/ }).click();
  const root = host.page.locator(".widget-settings__modal .dealscope-root");
  const connect = root.getByRole("button", { name: "Connect" });
  await host.consent(fresh, () => connect.click(), "Deny");
  await expect(root).toContainText("One step is missing");
  await host.consent(fresh, () => connect.click());
  await expect(root).toContainText("You are Kim Vale");
});
