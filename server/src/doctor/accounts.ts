import type { INestApplicationContext } from "@nestjs/common";
import { CONFIG } from "../config.ts";
import { type AccountStatus, Doors } from "../database/doors.ts";
import { ConnectionChecks } from "../engagement/connection/connection-checks.ts";
import { Connections } from "../engagement/connection/connections.ts";
import type { AccountEntity } from "../installation/account.entity.ts";
import { Accounts } from "../installation/accounts.ts";
import { Clients } from "../installation/clients.ts";
import { KommoSettings } from "../installation/kommo-settings.ts";
import { leadFields, provisioned, subscriptions } from "../installation/provisioning.ts";
import { Sealing } from "../installation/sealing.ts";
import { NeedsReconnect } from "../installation/tokens.ts";
import type { KommoClient } from "../kommo/client.ts";
import { examineCrowd } from "./crowd.ts";
import { type Chart, examined, type Finding } from "./finding.ts";

/** Kommo's one-time tokens are good for minutes, so a clock that is further off keeps cards from opening. */
const CLOCK_SECONDS = 60;

const MADE_AGAIN = "it is made again within a day, or at once by Repair in the widget's settings";

/** Each account as Kommo and Customer.io show it now: about four calls of Kommo an account, within the limits of all others. */
export async function examineAccounts(app: INestApplicationContext, only?: number): Promise<Finding[]> {
  const known = await app.get(Doors).installedAccounts();
  const chosen = only === undefined ? known : known.filter(({ accountId }) => accountId === only);
  if (chosen.length === 0) {
    const what = only === undefined ? "No account is" : `Account ${only} is not`;
    return examined("accounts", async (chart) =>
      chart.warning(`${what} connected: install the integration there, or use connect.`),
    );
  }
  const findings = await examineCrowd(app.get(CONFIG), known.filter(({ status }) => status === "active").length);
  for (const account of chosen) findings.push(...(await examineAccount(app, account)));
  return findings;
}

function examineAccount(
  app: INestApplicationContext,
  { accountId, status }: { accountId: number; status: AccountStatus },
): Promise<Finding[]> {
  return examined(`account ${accountId}`, async (chart) => {
    if (status === "uninstalled") return chart.skipped("It has left; its data is erased when its time has come.");
    const account = await app.get(Accounts).get(accountId);
    const kommo = await app.get(Clients).of(accountId, "qualification");
    const refusal = status === "needs_reconnect" ? account.statusReason : await refusalOf(kommo);
    if (refusal) {
      return chart.fault(
        `${account.host} has to be reconnected (${withoutEnd(refusal)}): an administrator there presses Install once more, or you use connect with a new token.`,
      );
    }
    chart.ok(`${account.host} takes our token.`);
    await examineHook(app, account, kommo, chart);
    await examineFields(kommo, chart);
    for (const problem of provisioned.parse(account.provisioned).problems) chart.warning(problem);
    const ahead = (app.get(Clients).clockAhead(accountId) ?? 0) / 1000;
    if (Math.abs(ahead) > CLOCK_SECONDS)
      chart.fault(`This machine's clock is ${Math.round(Math.abs(ahead))} s off Kommo's: set it by NTP.`);
    await examineMails(app, accountId, chart);
  });
}

/** Why a person has to help; undefined when Kommo takes our token. */
async function refusalOf(kommo: KommoClient): Promise<string | undefined> {
  try {
    await kommo.account();
    return undefined;
  } catch (error) {
    if (error instanceof NeedsReconnect) return error.message;
    throw error;
  }
}

function withoutEnd(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

async function examineHook(app: INestApplicationContext, account: AccountEntity, kommo: KommoClient, chart: Chart) {
  const { webhook } = provisioned.parse(account.provisioned);
  if (webhook?.state === "unavailable")
    return chart.warning(`There is no webhook, so changes are found by reading, up to minutes later: ${webhook.why}`);
  const destination = app.get(KommoSettings).webhookUrl(app.get(Sealing).open(account.pathKeySealed));
  const [hook] = await kommo.webhooks(destination);
  if (!hook) return chart.fault(`The webhook to ${new URL(destination).origin} is gone from Kommo: ${MADE_AGAIN}.`);
  if (hook.disabled)
    return chart.fault(`Kommo has switched our webhook off: see that PUBLIC_URL is reached; ${MADE_AGAIN}.`);
  const missing = subscriptions.filter((code) => !hook.settings.includes(code));
  if (missing.length > 0) return chart.fault(`The webhook does not tell ${missing.join(", ")}: ${MADE_AGAIN}.`);
  chart.ok("The webhook is there and on.");
}

async function examineFields(kommo: KommoClient, chart: Chart) {
  const types = new Map((await kommo.fields("leads")).map(({ code, type }) => [code, type]));
  const wrong = Object.values(leadFields).filter(({ code, type }) => types.get(code) !== type);
  for (const { name, code } of wrong) {
    chart.fault(
      types.has(code)
        ? `The field with the code ${code} is of another type, so "${name}" is not written: delete that field in Kommo, then press Repair.`
        : `The field "${name}" is gone from Kommo: ${MADE_AGAIN}.`,
    );
  }
  if (wrong.length === 0) chart.ok("Its fields are there.");
}

async function examineMails(app: INestApplicationContext, accountId: number, chart: Chart) {
  if (!(await app.get(Connections).row(accountId))) return;
  const { steps } = await app.get(ConnectionChecks).check(accountId);
  for (const { state, message } of steps) {
    if (state === "failed") chart.fault(`Customer.io: ${message}`);
    else if (state === "waiting") chart.warning(`Customer.io: ${message}`);
  }
  if (steps.every(({ state }) => state === "ok" || state === "skipped")) chart.ok("Customer.io takes its keys.");
}
