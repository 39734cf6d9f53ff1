import { expect, type Locator, type Page } from "@playwright/test";

/** The page of the stand-in for Customer.io, in the words of who looks at it. */
export class MailPage {
  readonly page: Page;
  readonly #origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
  }

  /** @param address of the person; whoever is new appears by himself */
  async openPerson(address: string, workspace?: number): Promise<void> {
    await this.page.goto(`${this.#origin}/${workspace === undefined ? "" : `?workspace=${workspace}`}`);
    await this.page.getByRole("navigation", { name: "People" }).getByRole("link", { name: address }).click();
    await expect(this.page.getByRole("heading", { name: address })).toBeVisible();
  }

  part(name: "Identifiers" | "Attributes" | "Objects" | "Events received" | "Send a mail" | "Mails"): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** The workspace that is looked at. */
  get workspace(): number | undefined {
    return Number(new URL(this.page.url()).searchParams.get("workspace")) || undefined;
  }

  /** The newest mail with this subject. */
  mail(subject: string): Locator {
    return this.part("Mails")
      .getByRole("listitem")
      .filter({ has: this.page.getByRole("heading", { name: subject }) })
      .first();
  }
}
