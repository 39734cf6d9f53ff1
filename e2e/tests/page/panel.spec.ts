import { expect } from "@playwright/test";
import { test } from "../kit/sandbox.ts";

test("beside a wide page the panel is open: 265 pixels, of which a widget has 245", async ({ host, withWidget }) => {
  const code = withWidget();
  await host.page.setViewportSize({ width: 1600, height: 900 });
  await host.open("/leads/add/");
  await expect(host.page.locator("html")).toHaveClass(/h-widgets-maximized/);
  await expect(host.box(code).locator(".small-root")).toBeVisible();
  expect(await width("#widgets_block")).toBe(265);
  expect(await width(".small-root")).toBe(245);

  async function width(selector: string) {
    return (await host.page.locator(selector).boundingBox())?.width;
  }
});

test("on a narrow page it is closed, 65 pixels, and opens over the page", async ({ host, withWidget }) => {
  const code = withWidget();
  await host.page.setViewportSize({ width: 1200, height: 800 });
  await host.open("/leads/add/");
  await expect(host.box(code)).toBeVisible();
  const panel = host.page.locator("#widgets_block");
  expect((await panel.boundingBox())?.width).toBe(65);
  await host.box(code).locator(".js-widget-caption-block").click();
  await expect(host.box(code).locator(".small-root")).toBeVisible();
  expect((await panel.boundingBox())?.width).toBe(265);
  const overlay = host.page.locator("#card_widgets_overlay");
  await expect(overlay).toBeVisible();
  await overlay.click({ position: { x: 200, y: 300 } });
  expect((await panel.boundingBox())?.width).toBe(65);
});

test("in between it is as it was left, and the caption folds a widget", async ({ host, withWidget }) => {
  const code = withWidget();
  const body = host.box(code).locator(".small-root");
  await host.open("/leads/add/");
  await expect(body).toBeVisible();
  await host.box(code).locator(".js-widget-caption-block").click();
  await expect(body).toBeHidden();
  await host.page.getByRole("button", { name: "Show or hide integrations" }).click();
  await host.page.reload();
  await expect(host.box(code)).toBeVisible();
  expect((await host.page.locator("#widgets_block").boundingBox())?.width).toBe(65);
});
