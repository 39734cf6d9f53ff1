import type { Locator } from "@playwright/test";
import type { HostPage } from "./host-page.ts";

/** Dealscope's panel on the card of a lead, by what stands on it in English. */
export class LeadCard {
  readonly host: HostPage;
  readonly leadId: number;
  readonly root: Locator;

  constructor(host: HostPage, code: string, leadId: number) {
    this.host = host;
    this.leadId = leadId;
    this.root = host.box(code).locator(".dealscope-root");
  }

  part(name: "Verdict" | "Why" | "Act" | "Committee" | "Engagement" | "Next in your queue" | "History"): Locator {
    return this.root.getByRole("region", { name, exact: true });
  }

  button(name: string): Locator {
    return this.root.getByRole("button", { name, exact: true });
  }

  /** Until the first verdict is there. */
  async judged(): Promise<this> {
    await this.part("History").locator("li").first().waitFor({ timeout: 20_000 });
    return this;
  }
}
