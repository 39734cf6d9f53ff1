import "reflect-metadata";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { NestFactory } from "@nestjs/core";
import { decodeJwt } from "jose";
import { AppModule } from "./app.module.ts";
import type { Config } from "./config.ts";
import { type Handover, Installations } from "./installation/installations.ts";
import { isAccountHost } from "./kommo/hosts.ts";
import { prepare } from "./prepare.ts";

/** `pnpm connect`: one account, by the long-lived token of its private integration, without OAuth. */
async function main(): Promise<string> {
  const { host = "", embedded = false } = parseArgs({
    options: { host: { type: "string" }, embedded: { type: "boolean" } },
  }).values;
  if (!host) throw new Error("say which account: pnpm connect --host acme.kommo.com");
  const prepared = await prepare({ embedded, share: true });
  try {
    const handover = await handoverFor(host.toLowerCase(), prepared.config);
    // As a web process it answers for nothing but this; a worker provisions the account as soon as one is running.
    const app = await NestFactory.createApplicationContext(AppModule.with({ ...prepared.config, ROLE: "web" }), {
      logger: false,
      abortOnError: false,
    });
    const accountId = await app.get(Installations).admit(handover);
    await app.close();
    return `Account ${accountId} (${host}) is connected. A running server prepares it within seconds.`;
  } finally {
    await prepared.stop();
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
