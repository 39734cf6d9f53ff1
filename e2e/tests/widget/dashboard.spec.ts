import { expect } from "@playwright/test";
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import { drawReports } from "../kit/reports.ts";
import { screenshot } from "../kit/screenshot.ts";

for (const theme of ["light", "dark"] as const) {
  test(`in the ${theme} theme the pictures can be read and used by everybody`, async ({ product, settings }) => {
    await drawReports(settings.host.page, product.serverUrl);
    await settings.open("dashboard");
    await settings.host.setTheme(theme);
    await expect(settings.box("Deals by buying stage")).toContainText("48 deals");
    await settings.host.page.setViewportSize({ width: 1440, height: 2_600 });
    await screenshot(settings.host.page, `dashboard-${theme}`);
    await expectAccessible(settings.host.page, ".dealscope-root");
  });
}
