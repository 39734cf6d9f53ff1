import type { Locator } from "@playwright/test";
import type { HostPage } from "./host-page.ts";

type Tab =
  | "setup"
  | "criteria"
  | "committee"
  | "gates"
  | "intake"
  | "customerio"
  | "dashboard"
  | "agreement"
  | "backfill"
  | "activity"
  | "spending";

/** Dealscope's own page below Kommo's settings, by what stands on it in English. */
export class SettingsPage {
  readonly host: HostPage;
  readonly root: Locator;
  readonly #address: string;

  constructor(host: HostPage, code: string) {
    this.host = host;
    this.root = host.page.locator(`#work-area-${code} .dealscope-root`);
    this.#address = `/settings/widgets/${code}/`;
  }

  async open(tab: Tab): Promise<this> {
    await this.host.open(`${this.#address}#${tab}`);
    await this.tab.waitFor();
    return this;
  }

  /** The one that is open. */
  get tab(): Locator {
    return this.root.locator('nav [aria-current="page"]');
  }

  /** A part with a heading. */
  box(title: string): Locator {
    return this.root.getByRole("region", { name: title, exact: true });
  }

  button(name: string): Locator {
    return this.root.getByRole("button", { name, exact: true });
  }
}
