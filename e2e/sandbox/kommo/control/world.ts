import { setImmediate as immediate } from "node:timers/promises";
import { entryFilter } from "../../control-kit.ts";
import type { EntryFilter } from "../../ledger.ts";
import { call } from "../../post.ts";
import { FAIR_WEATHER, type Weather } from "../../weather.ts";
import { encodeForm } from "../hooks/encode.ts";
import { DEFAULT_SWITCHES, type Switches } from "../switches.ts";
import type { World } from "../world.ts";
import { type AccountRef, findAccount } from "./find.ts";

export function switchControl(world: World) {
  return {
    show: () => world.switches,
    set: (change: Partial<Switches> & { latencyMs?: number }) => {
      const { latencyMs = world.latencyMs, ...switches } = change;
      world.latencyMs = latencyMs;
      return { ...Object.assign(world.switches, switches), latencyMs };
    },
    reset: () => Object.assign(world.switches, DEFAULT_SWITCHES),
  };
}

export function hookControl(world: World) {
  return {
    list: ({ account }: { account?: AccountRef }) =>
      [...findAccount(world, account).webhooks.values()].map((hook) => ({
        ...hook,
        settings: [...hook.settings],
        failures: hook.failures.length,
      })),
    /** Switches an account's webhooks off, as too many failures do; saving one switches it on again. */
    disable: ({ account }: { account?: AccountRef }) => {
      const hooks = [...findAccount(world, account).webhooks.values()];
      for (const hook of hooks) hook.disabled = true;
      return { disabled: hooks.length };
    },
    /** Of one account, or of all. What is not named is fair. */
    weather: async ({ account, ...weather }: Partial<Weather> & { account?: AccountRef }) => {
      // What was changed just now still leaves in the old weather.
      await immediate();
      const whose = account === undefined ? "all" : findAccount(world, account);
      const whole = { ...FAIR_WEATHER, ...weather };
      world.sender.weather.set(whose, whole);
      return whole;
    },
    /** Sends one body as it is: a text goes out unchanged, an object is form-encoded. Once, without retries. */
    send: async (wish: {
      url: string;
      body: string | object;
      headers?: Record<string, string>;
      timeoutMs?: number;
    }) => {
      const body = typeof wish.body === "string" ? wish.body : encodeForm(wish.body);
      const headers = {
        "User-Agent": "amoCRM-Webhooks/3.0",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-AmoCRM-RequestId": crypto.randomUUID(),
        ...wish.headers,
      };
      return {
        status: await call({ method: "POST", url: wish.url, headers, body, timeoutMs: wish.timeoutMs ?? 2000 }),
      };
    },
    /** False while webhooks wait or are under way; retries that wait for their time do not count. */
    idle: async () => {
      await immediate();
      return { idle: world.sender.idle && world.digitalPipeline.idle };
    },
  };
}

export function ledgerControl(world: World) {
  return {
    summary: ({ account }: { account?: AccountRef } = {}) => ({
      requests: world.ledger.counts(account),
      accounts: world.ledger.accounts(),
      webhooks: world.deliveries.counts(account),
    }),
    entries: (filter: EntryFilter = {}) => world.ledger.entries(entryFilter.parse(filter)),
    /** Webhooks sent; the route is the codes, the path is the destination. */
    deliveries: (filter: EntryFilter = {}) => world.deliveries.entries(entryFilter.parse(filter)),
    reset: () => {
      world.ledger.reset();
      world.deliveries.reset();
    },
  };
}

export function sandboxControl(world: World) {
  return {
    /** Forgets accounts, grants, faults, weather and ledger; integrations and switches stay. */
    reset: () => {
      world.accounts.clear();
      world.widgets.forgetInstallations();
      world.grants.clear();
      world.faults.clear();
      world.limiter.reset();
      world.sender.weather.clear();
      world.ledger.reset();
      world.deliveries.reset();
    },
  };
}
