import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { ConfigFaults, environment, readConfig } from "./config.ts";

const key = Buffer.alloc(32, 7).toString("base64");
const least = {
  PUBLIC_URL: "https://dealscope.example.com",
  DATABASE_URL: "postgres://dealscope_app:x@localhost/dealscope",
  REDIS_URL: "redis://localhost:6379",
  SECRET_KEYS: `k1:${key}`,
};

function faultsOf(change: Record<string, string | undefined>): string[] {
  try {
    readConfig({ ...least, ...change });
    return [];
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults;
    throw error;
  }
}

const text = readFileSync(join(import.meta.dirname, "../../.env.example"), "utf8");
const example = parseEnv(text);

test(".env.example names exactly the settings there are", () => {
  expect(Object.keys(example).sort()).toEqual(Object.keys(environment.shape).sort());
});

test(".env.example explains each setting in the line above it, or together with its neighbour", () => {
  const lines = text.split("\n");
  const unexplained = lines.filter((line, i) => /^[A-Z]/.test(line) && !/^[#A-Z]/.test(lines[i - 1] ?? ""));
  expect(unexplained).toEqual([]);
});

test("what .env.example gives as a default is the default", () => {
  expect(readConfig({ ...example, ...least })).toEqual(readConfig(least));
});

test("what has no default is all that must be set", () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf(Object.fromEntries(Object.keys(least).map((name) => [name, undefined])))).toEqual(
    Object.keys(least).map((name) => `${name} is missing.`),
  );
});

test("all faults are told at once, each by the name of its setting", () => {
  const faults = faultsOf({ PUBLIC_URL: undefined, PORT: "many", ROLE: "boss", SECRET_KEYS: "k1:short" });
  expect(faults.map((fault) => fault.split(" ")[0]).sort()).toEqual(["PORT", "PUBLIC_URL", "ROLE", "SECRET_KEYS"]);
});

test("faults that lie between settings are told together with those of single ones", () => {
  const faults = faultsOf({ PORT: "many", KOMMO_CLIENT_ID: "id" });
  expect(faults).toEqual([expect.stringContaining("PORT"), expect.stringContaining("belong together")]);
});

test("a fault does not repeat the value, which may be a secret", () => {
  const faults = faultsOf({ SECRET_KEYS: "k1:c2VjcmV0", DATABASE_URL: "mysql://a:hush@b/c", OPERATOR_TOKEN: "brief" });
  expect(faults).toHaveLength(3);
  expect(faults.join()).not.toMatch(/c2VjcmV0|hush|brief/);
});

test("a setting left empty counts as not set", () => {
  expect(readConfig({ ...least, PORT: "", OPENAI_API_KEY: "" })).toEqual(readConfig(least));
});

test.each([
  "https://acme.kommo.com",
  "http://{account}.kommo.com",
  "http://10.0.0.5:4010",
  "http://127.example.com",
  "http://localhost.evil.com",
])("%s is no stand-in for Kommo: only a loopback address is", (origin) => {
  expect(faultsOf({ KOMMO_LOOPBACK_ORIGIN: origin })).toEqual([expect.stringContaining("loopback")]);
});

test.each(["http://127.0.0.1:4010", "http://localhost:4010", "http://[::1]:4010", "http://{account}.localhost:4010"])(
  "%s may stand in for Kommo",
  (origin) => {
    expect(faultsOf({ KOMMO_LOOPBACK_ORIGIN: origin })).toEqual([]);
  },
);

test("the public URL is https, except on a loopback address", () => {
  expect(faultsOf({ PUBLIC_URL: "http://dealscope.example.com" })).toEqual([expect.stringContaining("https")]);
  expect(faultsOf({ PUBLIC_URL: "http://127.0.0.1:3000" })).toEqual([]);
});

test("the integration's id and its secrets belong together", () => {
  const secret = "a-secret-of-some-length";
  expect(faultsOf({ KOMMO_CLIENT_ID: "id" })).toHaveLength(1);
  expect(faultsOf({ KOMMO_CLIENT_SECRETS: secret })).toHaveLength(1);
  expect(faultsOf({ KOMMO_CLIENT_ID: "id", KOMMO_CLIENT_SECRETS: `${secret}, ${secret}2` })).toEqual([]);
});

test("without a word only this machine is believed to forward for others, and never everybody", () => {
  expect(readConfig(least).TRUSTED_PROXIES).toEqual(["127.0.0.0/8", "::1"]);
  expect(readConfig({ ...least, TRUSTED_PROXIES: "10.1.2.3, fd00::/8" }).TRUSTED_PROXIES).toEqual([
    "10.1.2.3",
    "fd00::/8",
  ]);
  for (const everybody of ["0.0.0.0/0", "10.0.0.1,::/0"])
    expect(faultsOf({ TRUSTED_PROXIES: everybody })).toEqual([expect.stringContaining("names everybody")]);
});

test.each(["proxy", "loopback", "10.0.0.0/33", "10.0.0/8", "10.0.0.1/8/8", "10.0.0.1,", "::1/129", "true"])(
  "%s names no proxy",
  (list) => {
    expect(faultsOf({ TRUSTED_PROXIES: list })).toEqual([
      "TRUSTED_PROXIES must be a list of addresses and networks such as 127.0.0.1,172.16.0.0/12.",
    ]);
  },
);

test("who collects metrics is not given the operator's token under another name", () => {
  const token = "a-token-of-more-than-24-signs";
  expect(faultsOf({ METRICS_TOKEN: token, OPERATOR_TOKEN: `${token}2` })).toEqual([]);
  expect(faultsOf({ METRICS_TOKEN: token, OPERATOR_TOKEN: token })).toEqual([
    expect.stringContaining("METRICS_TOKEN must be another one"),
  ]);
});

test("of several keys each keeps its name, and the first one encrypts", () => {
  const { SECRET_KEYS } = readConfig({ ...least, SECRET_KEYS: `k2:${key}, k1:${key}` });
  expect(SECRET_KEYS.map(({ id }) => id)).toEqual(["k2", "k1"]);
  expect(SECRET_KEYS[0]?.key).toHaveLength(32);
});

test("two keys of one name are refused: which of them a secret was sealed with could not be told", () => {
  expect(faultsOf({ SECRET_KEYS: `k1:${key},k1:${key}` })).toEqual([expect.stringContaining("same name")]);
});

test.each(["com", "kommo.com,localhost", "kommo.com,", ".kommo.com", "https://kommo.com"])(
  "%s is no list of Kommo's domains",
  (domains) => {
    expect(faultsOf({ KOMMO_DOMAINS: domains })).toEqual([expect.stringContaining("a list of domains")]);
  },
);

test("the scan is not put off longer than the users' rights may be out of date", () => {
  expect(faultsOf({ SCAN_SECONDS: "300" })).toEqual([]);
  expect(faultsOf({ SCAN_SECONDS: "301" })).toEqual([expect.stringContaining("at most 300")]);
});

test.each([
  ["PORT", "65536"],
  ["DATABASE_POOL", "201"],
  ["TURNS_AT_ONCE", "1001"],
  ["WORK_SLOTS", "10001"],
  ["MODEL_CALLS_AT_ONCE", "99999999999999999999"],
  ["KOMMO_EGRESS_RPS", "1001"],
  ["KOMMO_TIMEOUT_SECONDS", "301"],
  ["OPENAI_TIMEOUT_SECONDS", "3000000"],
  ["DELIVERY_DAYS", "3651"],
  ["ERASE_AFTER_DAYS", "3651"],
])("%s of %s is told apart from a sensible number, in one sentence", (name, value) => {
  expect(faultsOf({ [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${name} must be a whole number of at least \\d+ and at most \\d+\\.$`)),
  ]);
});

test.each<[string, string, string]>([
  ["ROLE", "boss", "ROLE must be web, worker or all."],
  ["LOG_LEVEL", "loud", "LOG_LEVEL must be fatal, error, warn, info, debug or silent."],
  ["OPERATOR_TOKEN", "twenty four and more blanks in it", "no blanks"],
  ["OPENAI_API_KEY", "sk-one\nsk-two", "without blanks or line ends"],
  ["PUBLIC_URL", "https://me:secret@dealscope.example.com", "must not hold a user name or password"],
  ["OPENAI_BASE_URL", "https://me:secret@models.example.com/v1", "must not hold a user name or password"],
  ["PUBLIC_URL", "dealscope.example.com", "must be the URL at which Kommo reaches"],
  ["KOMMO_DOMAINS", "kommo.com amocrm.com", "must be a list of domains"],
])("%s given as %j is one clear fault", (name, value, sentence) => {
  expect(faultsOf({ [name]: value })).toEqual([expect.stringContaining(sentence)]);
});

test("when something is missing the place is named where all settings are listed", () => {
  expect(new ConfigFaults(faultsOf({ REDIS_URL: undefined })).message).toContain(".env.example");
  expect(new ConfigFaults(faultsOf({ ROLE: "boss" })).message).not.toContain(".env.example");
});
