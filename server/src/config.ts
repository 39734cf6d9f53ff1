import { isIP } from "node:net";
import { z } from "zod";

const url = (protocols: string[], what: string) =>
  z.string().refine((value) => isUrl(value, protocols), { error: `must be ${what}` });

/** Of an API. What would stand before its host is a secret that errors repeat. */
const httpUrl = (example: string) =>
  url(["https:", "http:"], `a URL such as ${example}`)
    .refine((value) => !hasUserInfo(value), "must not hold a user name or password")
    .default(example);

/** The users' mirror, from which rights are read, is renewed by the scan and must not get older than this. */
export const SCAN_SECONDS_AT_MOST = 300;

const wholeNumber = (least: number, most: number, why = "") =>
  z
    .string()
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `must be a whole number of at least ${least} and at most ${most}${why}`,
    )
    .transform(Number);

const token = z
  .string()
  .regex(/^[\x21-\x7e]{24,}$/, "must have at least 24 characters: letters, digits and signs, no blanks");

/** Stands for the first label of an account's host in the address of a stand-in. */
export const ACCOUNT_PLACEHOLDER = "{account}";

const loopbackOrigin = z
  .string()
  .refine(
    (value) => isUrl(sample(value), ["http:", "https:"]),
    "must be a URL such as http://127.0.0.1:4010 or http://{account}.localhost:4010",
  )
  .refine(
    (value) => !isUrl(sample(value), ["http:", "https:"]) || isLoopback(new URL(sample(value)).hostname),
    "must be a loopback address: real accounts are reached by their own host names",
  );

const keyRing = z
  .string()
  .transform((text) => text.split(",").map((entry) => entry.trim().split(":")))
  .refine(
    (keys) =>
      keys.every(([id, key]) => /^[\w-]{1,16}$/.test(id ?? "") && Buffer.from(key ?? "", "base64").length === 32),
    "must be a list such as k2:<32 bytes in base64>,k1:<32 bytes in base64>; the first one encrypts",
  )
  .refine(
    (keys) => new Set(keys.map(([id]) => id)).size === keys.length,
    "gives two keys the same name; each needs its own",
  )
  .transform((keys) => keys.map(([id, key]) => ({ id: id!, key: Buffer.from(key!, "base64") })));

/** Whose X-Forwarded-For is believed: limits and the audit go by it. */
const proxies = z
  .string()
  .transform((text) => text.split(",").map((one) => one.trim()))
  .refine((list) => list.every(isNetwork), "must be a list of addresses and networks such as 127.0.0.1,172.16.0.0/12")
  .refine(
    (list) => !list.some((one) => isNetwork(one) && one.endsWith("/0")),
    "names everybody by a network /0; name the proxies alone",
  );

/** The environment, name by name. `.env.example` mirrors it and a test keeps the two together. */
export const environment = z.object({
  ROLE: z.enum(["web", "worker", "all"], "must be web, worker or all").default("all"),
  HOST: z.string().default("0.0.0.0"),
  PORT: wholeNumber(0, 65_535).default(3000),
  PUBLIC_URL: url(
    ["https:", "http:"],
    "the URL at which Kommo reaches this server, such as https://dealscope.example.com",
  )
    .refine(
      (value) => !URL.canParse(value) || value.startsWith("https:") || isLoopback(new URL(value).hostname),
      "must be https, except on a loopback address",
    )
    .refine((value) => !hasUserInfo(value), "must not hold a user name or password"),
  OPERATOR_TOKEN: token.optional(),
  METRICS_TOKEN: token.optional(),
  TRUSTED_PROXIES: proxies.default(["127.0.0.0/8", "::1"]),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "silent"], "must be fatal, error, warn, info, debug or silent")
    .default("info"),

  DATABASE_URL: url(
    ["postgres:", "postgresql:"],
    "a URL such as postgres://dealscope_app:secret@localhost:5432/dealscope",
  ),
  MIGRATION_DATABASE_URL: url(["postgres:", "postgresql:"], "a URL of the same database for its owner").optional(),
  DATABASE_POOL: wholeNumber(4, 200).default(10),
  BI_ADDRESS: z
    .string()
    .regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, "must be a host and a port such as db.example.com:5432")
    .optional(),
  REDIS_URL: url(["redis:", "rediss:"], "a URL such as redis://localhost:6379"),
  SECRET_KEYS: keyRing,

  KOMMO_CLIENT_ID: z.string().min(1, "must be the integration's id").optional(),
  KOMMO_CLIENT_SECRETS: z
    .string()
    .transform((text) => text.split(",").map((secret) => secret.trim()))
    .refine(
      (secrets) => secrets.every((s) => s.length >= 16),
      "must be the integration's secret key (two, comma separated, while it is changed)",
    )
    .optional(),
  KOMMO_DOMAINS: z
    .string()
    .default("kommo.com,amocrm.com")
    .transform((text) => text.split(",").map((domain) => domain.trim().toLowerCase()))
    .refine(
      (domains) => domains.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)),
      "must be a list of domains such as kommo.com,amocrm.com",
    ),
  KOMMO_LOOPBACK_ORIGIN: loopbackOrigin.optional(),
  KOMMO_LONG_LIVED_TOKEN: z.string().min(1, "must be a token").optional(),
  KOMMO_ACCOUNT_RPS: wholeNumber(1, 1_000).default(7),
  KOMMO_EGRESS_RPS: wholeNumber(1, 1_000).default(7),
  KOMMO_TIMEOUT_SECONDS: wholeNumber(1, 300).default(20),

  OPENAI_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be a key, without blanks or line ends")
    .optional(),
  OPENAI_BASE_URL: httpUrl("https://api.openai.com/v1"),
  OPENAI_MODEL: z.string().min(1).default("gpt-6-luna"),
  OPENAI_TIMEOUT_SECONDS: wholeNumber(1, 300).default(25),

  CUSTOMERIO_TRACK_US_URL: httpUrl("https://track.customer.io"),
  CUSTOMERIO_TRACK_EU_URL: httpUrl("https://track-eu.customer.io"),
  CUSTOMERIO_APP_US_URL: httpUrl("https://api.customer.io"),
  CUSTOMERIO_APP_EU_URL: httpUrl("https://api-eu.customer.io"),
  CUSTOMERIO_TIMEOUT_SECONDS: wholeNumber(1, 300).default(20),

  MODEL_CALLS_AT_ONCE: wholeNumber(1, 1_000).default(125),
  WORK_SLOTS: wholeNumber(5, 10_000).default(500),
  TURNS_AT_ONCE: wholeNumber(1, 1_000).default(32),
  SCAN_SECONDS: wholeNumber(
    1,
    SCAN_SECONDS_AT_MOST,
    ", because the scan also renews what is known of the users' rights",
  ).default(180),
  DELIVERY_DAYS: wholeNumber(1, 3_650).default(30),
  ERASE_AFTER_DAYS: wholeNumber(0, 3_650).default(30),
});

export type Config = z.output<typeof environment>;

/** Injects the configuration. */
export const CONFIG = Symbol("config");

/** Every fault of the environment, so that an operator can mend them in one go. */
export class ConfigFaults extends Error {
  constructor(readonly faults: string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? "" : "s"}:\n${faults.map((f) => `  - ${f}`).join("\n")}${faults.some((f) => f.endsWith("is missing.")) ? "\n.env.example lists all settings; copy it to .env and fill in what is missing." : ""}`,
    );
    this.name = "ConfigFaults";
  }
}

/**
 * Reads and checks the environment; the only place that does.
 * @throws ConfigFaults naming all missing and wrong settings at once
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  // A setting left empty in an .env file means: not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const result = environment.safeParse(given);
  const faults = result.success ? [] : result.error.issues.map((issue) => sentence(issue, given));
  if ("KOMMO_CLIENT_ID" in given !== "KOMMO_CLIENT_SECRETS" in given) {
    faults.push("KOMMO_CLIENT_ID and KOMMO_CLIENT_SECRETS belong together: set both or neither.");
  }
  if ("METRICS_TOKEN" in given && given.METRICS_TOKEN === given.OPERATOR_TOKEN) {
    faults.push("METRICS_TOKEN must be another one than OPERATOR_TOKEN: who collects metrics is to open nothing else.");
  }
  if (!result.success || faults.length > 0) throw new ConfigFaults(faults);
  return result.data;
}

/**
 * What commands need that work as the owner of the database; the server goes without.
 * @throws Error when it is not set
 */
export function ownerUrlOf({ MIGRATION_DATABASE_URL }: Config): string {
  if (!MIGRATION_DATABASE_URL) throw new Error("MIGRATION_DATABASE_URL is missing.");
  return MIGRATION_DATABASE_URL;
}

function sentence(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = String(issue.path[0]);
  return name in given ? `${name} ${issue.message}.` : `${name} is missing.`;
}

function isNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    more.length === 0 && bits > 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

function isUrl(value: string, protocols: string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

function hasUserInfo(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username !== "" || password !== "";
}

function sample(origin: string): string {
  return origin.replace(ACCOUNT_PLACEHOLDER, "account");
}

function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return (
    bare === "localhost" ||
    bare.endsWith(".localhost") ||
    bare === "::1" ||
    (isIP(bare) === 4 && bare.startsWith("127."))
  );
}
