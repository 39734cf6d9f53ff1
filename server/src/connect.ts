import "./needs-node.ts";
import "reflect-metadata";
import { text } from "node:stream/consumers";
import { NestFactory } from "@nestjs/core";
import { decodeJwt } from "jose";
import { AppModule } from "./app.module.ts";
import { type Config, ConfigFaults } from "./config.ts";
import { readFlags } from "./flags.ts";
import { type Handover, Installations } from "./installation/installations.ts";
import { KommoUnauthorized } from "./kommo/errors.ts";
import { hostOfReferer, isAccountHost } from "./kommo/hosts.ts";
import { prepare } from "./prepare.ts";

const USAGE = `npx -y pnpm@10.34.9 connect --host acme.kommo.com [--embedded] < token.txt

  --host H     the account's address in Kommo
  --embedded   beside a server that was started with \`start --embedded\`
  --help       this text

The long-lived token is read from the standard input, or from KOMMO_LONG_LIVED_TOKEN.`;

/** `pnpm connect`: one account, by the long-lived token of its private integration, without OAuth. */
async function main(): Promise<string> {
  const {
    host: given,
    embedded,
    help,
  } = readFlags(
    {
      host: { type: "string", default: "" },
      embedded: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    USAGE,
  );
  if (help) return USAGE;
  // As people copy it from the browser, or only the name before the first dot.
  const host = hostOfReferer(given.replace(/^http:/i, "https:").replace(/(?<=[^/])\/[^/].*$/, ""));
  if (!host) throw new Error(`say which account it is.\n\n${USAGE}`);
  const prepared = await prepare({ embedded, share: true }).catch((error: Error) => {
    if (!(error instanceof ConfigFaults) || embedded || !/DATABASE_URL|REDIS_URL/.test(error.message)) throw error;
    throw new Error(`${error.message}\nBeside \`start --embedded\` add --embedded here, too.`);
  });
  try {
    const handover = await handoverFor(host, prepared.config);
    // As a web process it answers for nothing but this; a worker provisions the account as soon as one is running.
    const app = await NestFactory.createApplicationContext(AppModule.with({ ...prepared.config, ROLE: "web" }), {
      logger: false,
      abortOnError: false,
    });
    const { accountId, host: itsHost } = await connect(app.get(Installations), handover).finally(() => app.close());
    return `Account ${accountId} (${itsHost}) is connected. A running server prepares it within seconds.`;
  } finally {
    await prepared.stop();
  }
}

/** The token alone decides which account it is: one of another account would be connected under the wrong name. */
async function connect(installations: Installations, handover: Handover) {
  try {
    const itsHost = await installations.hostOfToken(handover);
    if (itsHost !== handover.host) {
      throw new Error(`this token belongs to ${itsHost}, not to ${handover.host}. Nothing was changed.`);
    }
    return { accountId: await installations.admit(handover), host: itsHost };
  } catch (error) {
    if (!(error instanceof KommoUnauthorized)) throw error;
    throw new Error(
      `Kommo does not accept this token at ${handover.host}. Make a new long-lived token in the integration's settings, on the tab "Keys and scopes", and copy it whole.`,
    );
  }
}

async function handoverFor(host: string, config: Config): Promise<Handover> {
  if (!isAccountHost(host, config.KOMMO_DOMAINS)) {
    throw new Error(`${host} is not a host of a Kommo account (one name below ${config.KOMMO_DOMAINS.join(" or ")}).`);
  }
  const access = config.KOMMO_LONG_LIVED_TOKEN ?? (process.stdin.isTTY ? "" : await text(process.stdin)).trim();
  if (!access) throw new Error("pipe the long-lived token into this command, or set KOMMO_LONG_LIVED_TOKEN.");
  return { host, kind: "long_lived", access, refresh: null, expiresAt: endOf(access) };
}

function endOf(token: string): Date {
  const { exp } = decoded(token);
  if (!exp) throw new Error("the token does not say when it ends, so it is not a long-lived token of Kommo.");
  if (exp * 1000 < Date.now()) throw new Error("the token has expired. Make a new one in the integration's settings.");
  return new Date(exp * 1000);
}

function decoded(token: string): { exp?: number } {
  try {
    return decodeJwt(token);
  } catch {
    throw new Error("this is not a token of Kommo. Copy it whole from the integration's settings.");
  }
}

main().then(
  (sentence) => {
    console.log(sentence);
    process.exit(0);
  },
  (error: Error) => {
    console.error(`Not connected: ${error.message}`);
    process.exit(1);
  },
);
