import { test as base } from "@playwright/test";
import { HostPage } from "./host-page.ts";
import { LeadCard } from "./lead-card.ts";
import type { Lead } from "./leads.ts";
import { type Account, Product, type RepRights } from "./product.ts";
import { SettingsPage } from "./settings-page.ts";

interface Stage {
  /** What the rep of new accounts may do with leads that are not his. */
  repRights: RepRights;
  /** A new account in which Dealscope is not installed yet. */
  fresh: Account;
  /** A new account in which it is. */
  account: Account;
  /** Kommo's page of an account. */
  visit(account: Account): HostPage;
  /** Dealscope's own page in the account. */
  settings: SettingsPage;
  /** A card of the account with somebody looking at it. */
  openCard(lead: Lead): Promise<LeadCard>;
}

/** The real server, the real archive, in a real browser. */
export const test = base.extend<Stage, { product: Product }>({
  repRights: [{ view: "A", edit: "A" }, { option: true }],
  product: [
    async ({ browserName: _ }, use, { parallelIndex }) => {
      const product = await Product.start(`worker-${parallelIndex}`);
      await use(product);
      await product.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  fresh: async ({ product }, use) => use(product.createAccount()),
  account: async ({ product, repRights }, use) => {
    const account = product.createAccount({ rep: repRights });
    await product.install(account);
    // A card that is still filling is not what most tests are about.
    await product.change(account, { settleSeconds: 0 });
    await use(account);
  },
  visit: async ({ page, product }, use) => {
    const { port } = new URL(product.kommo.origin);
    await use(({ subdomain }) => new HostPage(page, `http://${subdomain}.localhost:${port}`));
  },
  settings: async ({ product, account, visit }, use) => use(new SettingsPage(visit(account), product.widgetCode)),
  openCard: async ({ product, account, visit }, use) => {
    await use(async (lead) => {
      const { id } = product.kommo.control.leads.create({ account: account.id, ...lead });
      const host = visit(account);
      await host.open(`/leads/detail/${id}`);
      return new LeadCard(host, product.widgetCode, id);
    });
  },
});
