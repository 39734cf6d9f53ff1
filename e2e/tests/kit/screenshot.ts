import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";

const FOLDER = fileURLToPath(new URL("../../../.data/browser/screenshots/", import.meta.url));

/** Taller than any card: Playwright would change the window for what does not fit, and the page would notice. */
const TALL = 2_000;

/** Kept for people to look at, after the tests too: the window as it is, or a part of it in its full height. */
export async function screenshot(of: Locator | Page, name: string): Promise<void> {
  const page = "page" in of ? of.page() : of;
  const before = page.viewportSize()!;
  if (page !== of) await page.setViewportSize({ ...before, height: TALL });
  await of.screenshot({ path: `${FOLDER}${name}.png`, animations: "disabled" });
  await page.setViewportSize(before);
}
