import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Control } from "../sandbox/kommo/control/control.ts";
import { DemoFailure } from "./failure.ts";
import { SELLER } from "./inquiries.ts";
import type { Records } from "./records.ts";

const PROVISIONED_WITHIN_MS = 30_000;
/** Kommo promises neither once nor in order. */
const WEATHER = { duplicateRate: 0.15, reorderWithinMs: 300 };

/** A new account in the sandbox: two who sell, and a field for the company as web forms like to have. */
export function createAccount(control: Control): number {
  const account = control.accounts.create({
    // Another one each time, because a database that somebody lent us remembers those of earlier demos.
    id: randomInt(31_000_001, 99_999_999),
    subdomain: SELLER.subdomain,
    name: SELLER.name,
    users: [
      { name: "Maya Lindqvist", email: `maya@${SELLER.mail}` },
      { name: "Tomás Vidal", email: `tomas.vidal@${SELLER.mail}`, is_admin: false },
    ],
  });
  control.fields.create({ account: account.id, name: "Company", type: "text" });
  return account.id;
}

/** The administrator presses Install: Kommo calls us, we fetch tokens, make fields, tags and the webhook. */
export async function install(control: Control, account: number, records: Records): Promise<void> {
  const granted = await control.oauth.grant({ account, from_widget: true });
  if (!("status" in granted) || granted.status !== 200) {
    throw new DemoFailure(
      `The server did not take the installation: its OAuth callback answered ${JSON.stringify(granted)}.`,
    );
  }
  const end = Date.now() + PROVISIONED_WITHIN_MS;
  while (!(await records.isProvisioned())) {
    if (Date.now() > end) throw new DemoFailure("The server did not finish the installation within 30 s.");
    await sleep(50);
  }
  const fields = control.fields.list({ account }).filter(({ code }) => code?.startsWith("DEALSCOPE_"));
  const hooks = control.hooks.list({ account });
  if (fields.length < 4 || hooks.length === 0) {
    throw new DemoFailure(
      `The installation is not whole: ${fields.length} fields and ${hooks.length} webhooks were made.`,
    );
  }
  control.hooks.weather({ account, ...WEATHER });
}
