import { test as base } from "@playwright/test";
import { type KommoSandbox, startKommo } from "../../sandbox/kommo/start.ts";
import { HostPage } from "./host-page.ts";
import { smallWidget } from "./small-widget.ts";

/** Of the integration that small widgets belong to. */
export const CLIENT_ID = "7d2f6c1a-0b3e-4f58-9a6d-1c2b3d4e5f60";

interface Stage {
  kommo: KommoSandbox;
  account: ReturnType<KommoSandbox["control"]["accounts"]["create"]>;
  host: HostPage;
  /** Uploads a small widget and installs it. @returns its code */
  withWidget(wish?: Parameters<typeof smallWidget>[0], code?: string): string;
}

/** Kommo alone, with one account: Kim Vale is its administrator, Robin Sales is not. */
export const test = base.extend<Stage>({
  kommo: async ({ browserName: _ }, use) => {
    const kommo = await startKommo({ integrations: [{ client_id: CLIENT_ID }] });
    await use(kommo);
    await kommo.stop();
  },
  account: async ({ kommo }, use) => use(kommo.control.accounts.create({ subdomain: "acme" })),
  host: async ({ page, kommo, account }, use) => {
    const { port } = new URL(kommo.origin);
    await use(new HostPage(page, `http://${account.subdomain}.localhost:${port}`));
  },
  withWidget: async ({ kommo, account }, use) => {
    await use((wish = {}, code = "small") => {
      kommo.control.widgets.upload({ archive: smallWidget(wish), code });
      kommo.control.widgets.save({ account: account.id, code, active: true });
      return code;
    });
  },
});
