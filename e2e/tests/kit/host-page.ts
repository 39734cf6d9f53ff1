import type { Locator, Page } from "@playwright/test";
import type { Sandbox } from "../../sandbox/page/browser/host/recorder.ts";

/** Kommo's page in a browser, in the words of who uses it. */
export class HostPage {
  readonly page: Page;
  readonly origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
  }

  async signIn(userId: number): Promise<void> {
    await this.page.context().addCookies([{ name: "sandbox_user", value: String(userId), url: this.origin }]);
  }

  /** From the address line: everything is loaded anew. */
  async open(path: string): Promise<void> {
    const [before, after] = [this.page.url(), this.origin + path].map((url) => url.split("#")[0]);
    await this.page.goto(this.origin + path);
    // Another # alone loads nothing.
    if (before === after) await this.page.reload();
    await this.page.waitForFunction(
      () => window.sandbox !== undefined && document.querySelector(".page-loading") === null,
    );
  }

  /** As a click on a link of Kommo does. */
  async go(path: string): Promise<void> {
    await this.page.evaluate((to) => window.sandbox.navigate(to), path);
  }

  async setTheme(theme: "light" | "dark"): Promise<void> {
    await this.page.evaluate((to) => window.sandbox.setTheme(to), theme);
  }

  /** Answers Kommo's consent window, which `open` opens, as the account's administrator. */
  async consent(
    account: { subdomain: string },
    open: () => Promise<void>,
    answer: "Allow" | "Deny" = "Allow",
  ): Promise<void> {
    const [popup] = await Promise.all([this.page.waitForEvent("popup"), open()]);
    await popup
      .locator("li", { hasText: `administrator of ${account.subdomain}:` })
      .getByRole("link", { name: answer })
      .click();
    if (answer === "Deny") await popup.close();
    else if (!popup.isClosed()) await popup.waitForEvent("close");
  }

  /** The box of a widget in the right panel. */
  box(code: string): Locator {
    return this.page.locator(`#widgets_block .card-widgets__widget-${code}`);
  }

  async recorded<K extends Exclude<keyof Sandbox, "navigate" | "setTheme">>(what: K): Promise<Sandbox[K]> {
    return this.page.evaluate((key) => window.sandbox[key], what) as Promise<Sandbox[K]>;
  }

  /** What was called of a widget, in order. */
  async calls(code: string): Promise<string[]> {
    const calls = await this.recorded("calls");
    return calls.flatMap((call) => (call.startsWith(`${code} `) ? [call.slice(code.length + 1)] : []));
  }
}
