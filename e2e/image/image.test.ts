import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { freePort } from "../../server/src/embedded/ports.ts";
import { type EmbeddedStores, startEmbeddedStores } from "../../server/src/embedded/stores.ts";
import { provideRedis } from "../machine/redis.ts";
import { build, type Stage } from "./build.ts";

/** There is not everywhere an engine: what can be tried without one is. */
const root = join(import.meta.dirname, "../..");

interface Service {
  environment: Record<string, string>;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
}

const example = readFileSync(join(root, ".env.example"), "utf8");
const composeText = readFileSync(join(root, "compose.yaml"), "utf8");
const { services } = parse(composeText, { merge: true }) as { services: Record<string, Service> };
const ours = ["migrate", "web", "worker"].map((name) => [name, services[name]!] as const);

let dir: string;
let stores: EmbeddedStores;
let image: Stage;
const running: ChildProcess[] = [];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "dealscope-image-"));
  provideRedis();
  [stores, image] = await Promise.all([
    startEmbeddedStores(join(dir, "stores"), { durable: false }),
    build(root, join(dir, "stages")),
  ]);
}, 300_000);
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await stores?.stop();
  if (dir) rmSync(dir, { recursive: true, force: true });
}, 60_000);

/** As compose fills in what .env leaves to it. */
function filledIn({ environment }: Service): Record<string, string> {
  const filled = (value: string) => value.replace(/\$\{\w+:-([^}]*)\}/g, "$1");
  return Object.fromEntries(Object.entries(environment).map(([setting, value]) => [setting, filled(value)]));
}

/** A container's process: what compose sets, with the addresses of the stores that stand in for its own. */
function start(name: string, change: Record<string, string>): ChildProcess {
  const service = services[name]!;
  const [program, ...args] = service.command ?? image.command;
  // On the PATH here stands a script that starts it, and a stop would reach that.
  expect(program).toBe("node");
  const own = Object.fromEntries(Object.entries(stores.env).filter(([setting]) => service.environment[setting] !== ""));
  const env = { PATH: process.env.PATH, ...image.env, ...filledIn(service), ...own, ...settings, ...change };
  const child = spawn(process.execPath, args, {
    cwd: join(image.root, image.workdir),
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

const settings = {
  HOST: "127.0.0.1",
  PUBLIC_URL: "https://dealscope.example.com",
  SECRET_KEYS: `k1:${randomBytes(32).toString("base64")}`,
};

test("the image holds what runs and nothing else", () => {
  const has = (path: string) => existsSync(join(image.root, image.workdir, path));
  expect(
    ["server/dist/main.js", "server/dist/migrate.js", "server/dist/connect.js", "shared/dist"].filter(has),
  ).toHaveLength(4);
  expect(["server/src", "server/test", "node_modules/typescript", "e2e/sandbox", ".env"].filter(has)).toEqual([]);
});

test("its steps make a server that starts beside others once the database was brought up to date", async () => {
  const migrate = start("migrate", {});
  expect(await text(migrate.stdout!)).toBe("The database is up to date.\n");
  const port = await freePort();
  const web = start("web", { PORT: String(port) });
  const worker = start("worker", { PORT: "0" });
  const said = async (child: ChildProcess) => {
    let all = "";
    for await (const chunk of child.stdout!) {
      all += chunk;
      if (all.includes("listens on")) return all;
    }
    return `${all}${await text(child.stderr!)}`;
  };
  expect(await said(web)).toMatch(/^Dealscope \d+\.\d+\.\d+ \(web\) listens/m);
  expect(await said(worker)).toMatch(/^Dealscope \d+\.\d+\.\d+ \(worker\) listens/m);
  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
  expect(ready.status).toBe(200);
  const ended = new Promise((resolve) => web.once("exit", resolve));
  web.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("what compose sets are settings, and only the migration knows the database's owner", () => {
  const forThisFileOnly = new Set(["POSTGRES_PASSWORD", "APP_PASSWORD"]);
  for (const [name, service] of ours) {
    const names = Object.keys(service.environment).filter((setting) => !forThisFileOnly.has(setting));
    expect(names.filter((setting) => !(setting in parseEnv(example)))).toEqual([]);
    expect([...forThisFileOnly].map((setting) => service.environment[setting])).toEqual(["", ""]);
    expect(Boolean(service.environment.MIGRATION_DATABASE_URL), name).toBe(name === "migrate");
  }
});

test("nothing starts before what it needs, and a stop leaves time to finish", () => {
  expect(Object.fromEntries(ours.map(([name, { depends_on }]) => [name, depends_on]))).toEqual({
    migrate: { postgres: { condition: "service_healthy" } },
    web: { migrate: { condition: "service_completed_successfully" }, redis: { condition: "service_healthy" } },
    worker: { migrate: { condition: "service_completed_successfully" }, redis: { condition: "service_healthy" } },
  });
  const [, drain] = /DRAIN_MS = ([\d_]+)/.exec(readFileSync(join(root, "server/src/server.ts"), "utf8")) ?? [];
  for (const [, { stop_grace_period }] of ours) {
    expect(Number.parseInt(stop_grace_period!, 10) * 1_000).toBeGreaterThan(Number(drain?.replace("_", "")));
  }
});

test("every value that compose asks for stands in .env.example", () => {
  const asked = [...composeText.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
  expect(asked.filter((name) => !new RegExp(`^(# )?${name}=`, "m").test(example))).toEqual([]);
});
