import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";
import { send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import type { Scene } from "./scene.ts";

const roles = ["web", "worker", "worker"] as ("web" | "worker")[];

async function open(scene: Scene, env: Record<string, string> = {}) {
  const stage = await scene.open({ roles, env });
  const [installed] = await stage.install(1, settings);
  return { stage, accountId: installed!.accountId };
}

/** What waits for its time has it now, as if so long had passed. */
async function pass(stage: Stage) {
  await stage.sql(
    "UPDATE work SET due_at = app_now() WHERE kind = 'qualify' AND state = 'open' AND lease_token IS NULL",
  );
}

/** How many leads wait for another try. */
async function waiting(stage: Stage): Promise<number> {
  const rows = await stage.sql(
    "SELECT FROM work WHERE kind = 'qualify' AND state = 'open' AND lease_token IS NULL AND due_at > app_now() AND waits > 0",
  );
  return rows.length;
}

interface Lead {
  tags: string[];
}

/** What all the leads are tagged with. */
async function tags(stage: Stage, account: number): Promise<string> {
  const leads = Object.values(await stage.control<Record<string, Lead>>("leads/read", { account }));
  return [...new Set(leads.map((lead) => lead.tags.join()))].join(" or ");
}

/** The model says no, whoever asks, until this is taken back. */
async function refuses(stage: Stage, name: "503" | "429_quota") {
  await stage.openai("scenarios", { name, times: 1_000_000 });
  return () => stage.openai("scenarios", undefined, "DELETE");
}

fault(
  "the model down for ten minutes: people are asked to judge, and all is judged when it is back",
  { quick: 1, withinSeconds: 400 },
  async (scene) => {
    const { stage, accountId } = await open(scene);
    const isBack = await refuses(stage, "503");
    const inquiries = await send(stage, scene.random, { accountId, count: 20, of: "The model is down" });
    // After 1, 4 and 15 seconds, and then after 1, 2 and 4 minutes: more than ten have passed.
    for (let tries = 0; tries < 7; tries++) {
      await stage.until("all wait", async () => (await waiting(stage)) === inquiries.length, 30_000);
      if (tries === 6) await isBack();
      await pass(stage);
    }
    expect(await breaches(stage, inquiries)).toEqual([]);
    const handedOver = await stage.sql("SELECT DISTINCT lead_id FROM verdict WHERE reason = 'model_unavailable'");
    expect(handedOver).toHaveLength(inquiries.length);
    expect(await tags(stage, accountId)).not.toContain("needs manual qualification");
  },
);

fault("the model slower than we wait: nothing is lost, and all is judged when it is quick again", {}, async (scene) => {
  const { stage, accountId } = await open(scene, { OPENAI_TIMEOUT_SECONDS: "2" });
  await stage.openai("settings", { latencyMs: 10_000 }, "PUT");
  const inquiries = await send(stage, scene.random, { accountId, count: 20, of: "The model is slow" });
  await stage.until("all wait", async () => (await waiting(stage)) === inquiries.length, 60_000);
  await stage.openai("settings", { latencyMs: 1_000 }, "PUT");
  await pass(stage);
  expect(await breaches(stage, inquiries)).toEqual([]);
});

fault(
  "the model out of quota: it is asked a few times and not in a storm, and all is judged later",
  {},
  async (scene) => {
    const { stage, accountId } = await open(scene);
    const isBack = await refuses(stage, "429_quota");
    const inquiries = await send(stage, scene.random, { accountId, count: 60, of: "Out of quota" });
    await stage.until("all wait", async () => (await waiting(stage)) === inquiries.length, 60_000);
    const handedOver = async () => (await tags(stage, accountId)) === "needs manual qualification";
    await stage.until("all are handed over", handedOver);
    await isBack();
    // It is left alone for a minute after such an answer; who knows of it is ended.
    for (const worker of stage.servers.slice(1)) await worker.kill();
    await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "later" });
    await pass(stage);
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);

fault("a month's money spent: no call beyond it, and all is judged when there is more", {}, async (scene) => {
  const { stage, accountId } = await open(scene);
  const first = await send(stage, scene.random, { accountId, count: 2, of: "With money" });
  expect(await breaches(stage, first)).toEqual([]);
  const spent = async () => {
    const [row] = await stage.sql<{ micros: number }>("SELECT sum(cost_micros)::float8 AS micros FROM model_call");
    return row!.micros;
  };
  const micros = (await spent()) * 5;
  await cap(stage, micros / 1_000_000);
  const inquiries = await send(stage, scene.random, { accountId, count: 30, of: "Over the cap" });
  await stage.until("some wait for money", async () => (await waiting(stage)) > 0, 60_000);
  await stage.until("what can be paid for is judged", async () => (await spent()) >= micros, 60_000);
  // What was under way in both processes when it was reached is paid for, too.
  expect(await spent()).toBeLessThan(micros * 2);
  await cap(stage, null);
  await pass(stage);
  expect(await breaches(stage, [...first, ...inquiries])).toEqual([]);
});

async function cap(stage: Stage, monthlyCapDollars: number | null) {
  await stage.sql("UPDATE account SET settings = settings || $1", [JSON.stringify({ monthlyCapDollars })]);
  // Servers remember settings for five seconds.
  await sleep(5_500);
}
