import { expect } from "vitest";
import { openSession } from "../demo/api.ts";
import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";
import { meetsItsFate, startFaulty } from "./faulty.ts";
import { type Inquiry, send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";

const DAY_SECONDS = 86_401;

interface Asked {
  requests: { routes: Record<string, { byStatus: Record<string, number> }> };
}

/** Answers of Kommo's token endpoint, by status. */
async function tokenAnswers(stage: Stage): Promise<Record<string, number>> {
  const { requests } = await stage.control<Asked>("ledger/summary");
  return requests.routes["POST /oauth2/access_token"]?.byStatus ?? {};
}

async function status(stage: Stage): Promise<string | undefined> {
  const [row] = await stage.sql<{ status: string }>("SELECT status FROM account");
  return row?.status;
}

fault("a token that has expired under 50 calls in three processes is refreshed once", { quick: 1 }, async (scene) => {
  const stage = await scene.open({ roles: ["all", "all", "all"] });
  const [installed] = await stage.install(1, settings);
  const account = installed!.accountId;
  const sessions = await Promise.all(
    stage.servers.map(async ({ url }) => {
      const { token } = await stage.control<{ token: string }>("oauth/one-time-token", { account });
      return openSession(url, token);
    }),
  );
  const before = await tokenAnswers(stage);
  // So that all of them are there before the first has its answer.
  const slowly = { match: { path: "/oauth2/access_token" }, effect: { kind: "delay", ms: 1_000 } };
  await stage.control("faults/add", slowly);
  await stage.control("clock/advance", { seconds: DAY_SECONDS });
  const lists = await Promise.all(
    Array.from({ length: 50 }, (_, n) => sessions[n % sessions.length]!.ask("GET", "/api/lists")),
  );
  expect(lists.filter((list) => !(list as { isFresh: boolean }).isFresh)).toEqual([]);
  expect(await tokenAnswers(stage)).toEqual({ ...before, 200: (before[200] ?? 0) + 1 });
});

for (const [oldToken, isLost] of [
  ["lives-until-new-is-used", false],
  ["dies", true],
] as const) {
  const outcome = isLost ? "an administrator is needed, and then all is done" : "the old one is taken again";
  fault(`killed between a refresh and saving it, where the old token ${oldToken}: ${outcome}`, {}, async (scene) => {
    const stage = await scene.open({ roles: ["web", "worker"], kommo: { switches: { oldRefreshToken: oldToken } } });
    const [installed] = await stage.install(1, settings);
    const { accountId } = installed!;
    await stage.servers[1]!.kill();
    await stage.control("clock/advance", { seconds: DAY_SECONDS });
    const victim = await startFaulty(stage, { at: "token refreshed" });
    const before = await send(stage, scene.random, { accountId, count: 20, of: "Before" });
    await meetsItsFate(stage, victim);
    await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "heir" });
    const parked: Inquiry[] = [];
    if (isLost) {
      await stage.until("it needs a reconnect", async () => (await status(stage)) === "needs_reconnect");
      parked.push(...(await send(stage, scene.random, { accountId, count: 10, of: "Parked" })));
      await stage.control("oauth/grant", { account: accountId, from_widget: true });
    }
    expect(await breaches(stage, [...before, ...parked])).toEqual([]);
    expect(await status(stage)).toBe("active");
  });
}

fault("a grant revoked in mid-work parks the work, and connecting again finishes it", {}, async (scene) => {
  const stage = await scene.open({ roles: ["web", "worker", "worker"] });
  const [installed] = await stage.install(1, settings);
  const { accountId } = installed!;
  const before = await send(stage, scene.random, { accountId, count: 30, of: "Before" });
  await stage.control("oauth/revoke", { account: accountId, silently: true });
  await stage.until("it needs a reconnect", async () => (await status(stage)) === "needs_reconnect");
  const parked = await send(stage, scene.random, { accountId, count: 10, of: "Parked" });
  await stage.control("oauth/grant", { account: accountId, from_widget: true });
  expect(await breaches(stage, [...before, ...parked])).toEqual([]);
});

fault(
  "an account uninstalled in mid-work is left alone, and nothing comes twice when it is back",
  {},
  async (scene) => {
    const stage = await scene.open({ roles: ["web", "worker", "worker"] });
    const [installed] = await stage.install(1, settings);
    const { accountId } = installed!;
    const before = await send(stage, scene.random, { accountId, count: 60, of: "Before" });
    const tasks = async () => {
      const leads = await stage.control<Record<string, { tasks: unknown[] }>>("leads/read", { account: accountId });
      return Object.values(leads).flatMap((lead) => lead.tasks).length;
    };
    await stage.until("some tasks are made", async () => (await tasks()) > 0, 30_000, 5);
    await stage.control("oauth/uninstall", { account: accountId });
    await stage.until("it has left", async () => (await status(stage)) === "uninstalled");
    const left = await stage.sql(
      "SELECT 'grant' AS what FROM oauth_grant UNION ALL SELECT 'write' FROM write WHERE state = 'due'",
    );
    expect(left).toEqual([]);
    const unheard = await send(stage, scene.random, { accountId, count: 5, of: "Unheard" });

    await stage.control("oauth/grant", { account: accountId, from_widget: true });
    await stage.until("it is back", async () => (await status(stage)) === "active");
    const after = await send(stage, scene.random, { accountId, count: 10, of: "After" });
    // Of those from before there is news; with it what was broken off is taken up.
    for (const { leadId: id } of [...before, ...unheard]) {
      await stage.control("leads/add-note", { account: accountId, id, text: "Please answer." });
    }
    expect(await breaches(stage, [...before, ...unheard, ...after])).toEqual([]);
    const hooks = await stage.control<Record<string, unknown>>("hooks/list", { account: accountId });
    expect(Object.keys(hooks)).toHaveLength(1);
  },
);
