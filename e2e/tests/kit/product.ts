import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../server/src/embedded/ports.ts";
import { buildArchive } from "../../../widget/build/archive.ts";
import { type Api, changeSettings, openSession } from "../../demo/api.ts";
import type { News } from "../../demo/backstage.ts";
import { connectMails, type MailWorkspace, mailEnv } from "../../demo/mails.ts";
import { provideRedis } from "../../machine/redis.ts";
import { type CustomerIoSandbox, startCustomerIo } from "../../sandbox/customerio/start.ts";
import { type KommoSandbox, startKommo } from "../../sandbox/kommo/start.ts";
import { rightsOfLevel } from "../../sandbox/kommo/state/defaults.ts";
import type { NewAccount } from "../../sandbox/kommo/state/new-account.ts";
import type { Level } from "../../sandbox/kommo/state/settings.ts";
import { type OpenAiSandbox, startOpenAi } from "../../sandbox/openai/start.ts";

const CLIENT_ID = "3f0c2a7e-5b1d-4c8a-9e6f-2a1b3c4d5e6f";
const CLIENT_SECRET = randomBytes(32).toString("hex");
/** Somebody else's integration, for widgets that live beside ours. */
export const OTHER_CLIENT_ID = "b6d1f0c4-7a52-4e39-8d1c-5e4f3a2b1c0d";
/** As Kommo issues it. */
const WIDGET_CODE = "dealscope_sandbox";
const BACKSTAGE = fileURLToPath(new URL("../../demo/backstage.ts", import.meta.url));
const HOME = fileURLToPath(new URL("../../../.data/browser/", import.meta.url));

export interface RepRights {
  view: Level;
  edit: Level;
}

export type Account = ReturnType<KommoSandbox["control"]["accounts"]["create"]>;

/** The whole product: the real server in a process of its own, its stores, both stand-ins, and the widget's archive. */
export class Product {
  readonly widgetCode = WIDGET_CODE;
  readonly kommo: KommoSandbox;
  readonly openai: OpenAiSandbox;
  readonly customerIo: CustomerIoSandbox;
  readonly serverUrl: string;
  readonly operatorToken: string;
  /** As the server sees it: one account at a time. */
  readonly databaseUrl: string;
  readonly #backstage: ChildProcess;
  #accounts = 0;

  private constructor(parts: {
    kommo: KommoSandbox;
    openai: OpenAiSandbox;
    customerIo: CustomerIoSandbox;
    serverUrl: string;
    operatorToken: string;
    databaseUrl: string;
    backstage: ChildProcess;
  }) {
    this.kommo = parts.kommo;
    this.openai = parts.openai;
    this.customerIo = parts.customerIo;
    this.serverUrl = parts.serverUrl;
    this.operatorToken = parts.operatorToken;
    this.databaseUrl = parts.databaseUrl;
    this.#backstage = parts.backstage;
  }

  /** @param name tells the data of one worker from that of another */
  static async start(name: string): Promise<Product> {
    provideRedis();
    const serverUrl = `http://127.0.0.1:${await freePort()}`;
    const integration = {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uri: `${serverUrl}/oauth/kommo/callback`,
      uninstall_url: `${serverUrl}/oauth/kommo/revoked`,
    };
    const home = resolve(HOME, name);
    mkdirSync(home, { recursive: true });
    const [kommo, openai, customerIo, archive] = await Promise.all([
      startKommo({ integrations: [integration, { client_id: OTHER_CLIENT_ID }], switches: { ratePerSecond: 1_000 } }),
      startOpenAi({}),
      startCustomerIo(),
      buildArchive({ url: serverUrl, out: resolve(home, "widget.zip") }),
    ]);
    kommo.control.widgets.upload({ file: archive, code: WIDGET_CODE });
    const operatorToken = randomBytes(24).toString("base64url");
    const backstage = fork(BACKSTAGE, [home], {
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        ...process.env,
        ...{ ROLE: "all", HOST: "127.0.0.1", PORT: new URL(serverUrl).port, PUBLIC_URL: serverUrl },
        OPERATOR_TOKEN: operatorToken,
        SECRET_KEYS: `test:${randomBytes(32).toString("base64")}`,
        ...{ KOMMO_CLIENT_ID: CLIENT_ID, KOMMO_CLIENT_SECRETS: CLIENT_SECRET, KOMMO_LOOPBACK_ORIGIN: kommo.origin },
        // Nothing here is about Kommo's limits, so they are far away.
        ...{ KOMMO_ACCOUNT_RPS: "500", KOMMO_EGRESS_RPS: "500" },
        ...{ OPENAI_API_KEY: "sk-sandbox", OPENAI_BASE_URL: openai.baseUrl },
        ...mailEnv(customerIo.origins),
      },
    });
    const databaseUrl = await answers(serverUrl, backstage);
    return new Product({ kommo, openai, customerIo, serverUrl, operatorToken, databaseUrl, backstage });
  }

  /** A new account, named so that no other test has it; Kim Vale is its administrator, Robin Sales is not. */
  createAccount({ rep, ...wish }: NewAccount & { rep?: RepRights } = {}): Account {
    const { control } = this.kommo;
    // At a host of their own: who writes from where the users write is taken for one of them.
    const users = [
      { name: "Kim Vale", email: "kim@seller.example" },
      { name: "Robin Sales", email: "robin@seller.example", is_admin: false },
    ];
    const account = control.accounts.create({ subdomain: `acme-${++this.#accounts}`, users, ...wish });
    if (rep) this.changeRepRights(account, rep);
    return account;
  }

  changeRepRights(account: Account, { view, edit }: RepRights): void {
    const rights = rightsOfLevel("A");
    this.kommo.control.accounts.changeUser({
      account: account.id,
      user_id: account.users[1]!.id,
      rights: { ...rights, leads: { ...rights.leads, view, edit } },
    });
  }

  /** The Install button, pressed by the administrator. */
  async install(account: Account): Promise<void> {
    const { control } = this.kommo;
    await control.oauth.grant({ account: account.id, from_widget: true });
    await this.installed(account);
  }

  /** Until the fields and the webhook are there. */
  async installed(account: Account): Promise<void> {
    const { control } = this.kommo;
    await until("Dealscope is installed", () => {
      const ours = control.fields.list({ account: account.id }).filter(({ code }) => code?.startsWith("DEALSCOPE_"));
      return ours.length >= 4 && control.hooks.list({ account: account.id }).length > 0;
    });
  }

  /** The API as the widget of this user asks it, with a session of its own. */
  async api(account: Account, userId = account.users[0]!.id): Promise<Api> {
    const { token } = this.kommo.control.oauth.oneTimeToken({ account: account.id, user_id: userId });
    return openSession(this.serverUrl, token);
  }

  /** Changes some of the account's settings. */
  async change(account: Account, change: object): Promise<void> {
    await changeSettings(await this.api(account), change);
  }

  /** Gives the account a workspace of Customer.io's, connected and switched on. */
  async connectMails(account: Account): Promise<MailWorkspace> {
    return connectMails(this.customerIo.control, await this.api(account), account.subdomain);
  }

  async stop(): Promise<void> {
    const ended = once(this.#backstage, "exit");
    if (this.#backstage.connected) this.#backstage.disconnect();
    await Promise.all([ended, this.kommo.stop(), this.openai.stop(), this.customerIo.stop()]);
  }
}

/** Until it does; resolves to the address of its database. */
async function answers(serverUrl: string, backstage: ChildProcess): Promise<string> {
  let failure: string | undefined;
  let databaseUrl = "";
  backstage.on("message", (news: News) => {
    if (news.kind === "stores") databaseUrl = news.databaseUrl;
    else failure = news.kind === "failed" ? news.why : `The server ended (${news.status}).`;
  });
  await until("the server answers", async () => {
    if (failure) throw new Error(failure);
    return fetch(`${serverUrl}/health/ready`)
      .then(({ ok }) => ok)
      .catch(() => false);
  });
  return databaseUrl;
}

/** Waits for something that will come about; fails with its name when it does not. */
async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(25)) {
    if (await holds()) return;
  }
  throw new Error(`It did not come about that ${what}.`);
}
