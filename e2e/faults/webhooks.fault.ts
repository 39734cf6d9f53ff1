import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Stage } from "../stage/stage.ts";
import { Changes } from "./changes.ts";
import { fault } from "./fault.ts";
import { startFaulty } from "./faulty.ts";
import { type Inquiry, send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";

interface Shown {
  users: { id: number }[];
  pipelines: { statuses: { id: number; type: number }[] }[];
}

/** An account with two users and some deals that are done, and what can be done to them. */
async function open(stage: Stage, sendTo: (accountId: number) => Promise<Inquiry[]>) {
  const users = [{ name: "Ada", is_admin: true }, { name: "Ben" }];
  const [installed] = await stage.install(1, settings, { users });
  const { accountId } = installed!;
  const inquiries = await sendTo(accountId);
  const leadIds = inquiries.map(({ leadId }) => leadId);
  const shown = await stage.control<Shown>("accounts/show", { account: accountId });
  const contactIds: number[] = [];
  for (const id of leadIds) {
    contactIds.push(
      (await stage.control<{ id: number }>("leads/add-contact", { account: accountId, id, name: "Ana" })).id,
    );
  }
  return {
    accountId,
    inquiries,
    leadIds,
    contactIds,
    statusIds: shown.pipelines[0]!.statuses.filter(({ id, type }) => type !== 1 && id !== 142 && id !== 143).map(
      ({ id }) => id,
    ),
    otherUser: shown.users[1]!.id,
  };
}

/** Until the scan has gone past what has happened until now. */
async function untilScanned(stage: Stage, upTo: Date) {
  await stage.until("the scan has come so far", async () => {
    const rows = await stage.sql("SELECT FROM scan WHERE cursor_at >= $1", [upTo]);
    return rows.length === 5;
  });
}

fault("5 % of the webhooks dropped, all others told twice and in disorder", { withinSeconds: 400 }, async (scene) => {
  const stage = await scene.open({ roles: ["web", "worker", "worker"], env: { SCAN_SECONDS: "5" } });
  const weather = { dropRate: 0.05, duplicateRate: 1, reorderWithinMs: 3_000 };
  await stage.control("hooks/weather", weather);
  const there = await open(stage, (accountId) => send(stage, scene.random, { accountId, count: 40, of: "First" }));
  const { accountId, leadIds, statusIds } = there;
  const changes = new Changes(stage, accountId, scene.random);
  const later: Inquiry[] = [];
  for (let round = 0; round < 4; round++) {
    await changes.move(scene.random.shuffled(leadIds).slice(0, 20), statusIds);
    await changes.note(scene.random.shuffled(leadIds).slice(0, 10));
    await changes.rename(scene.random.shuffled(there.contactIds).slice(0, 5));
    await changes.give(scene.random.shuffled(leadIds).slice(0, 5), there.otherUser);
    later.push(...(await send(stage, scene.random, { accountId, count: 15, of: `Round ${round}` })));
    await sleep(1_100);
  }
  await untilScanned(stage, new Date());
  expect(await breaches(stage, [...there.inquiries, ...later])).toEqual([]);
  expect(await changes.unknown()).toEqual([]);
});

fault("away for two hours, until Kommo gives up: 300 changes are healed", { withinSeconds: 400 }, async (scene) => {
  const HOURS = 2;
  const ROUNDS = 12;
  const stage = await scene.open({ roles: ["web", "worker"] });
  const there = await open(stage, (accountId) => send(stage, scene.random, { accountId, count: 60, of: "Before" }));
  const { accountId, leadIds, statusIds } = there;
  expect(await breaches(stage, there.inquiries)).toEqual([]);
  for (const server of stage.servers) await server.kill();

  const changes = new Changes(stage, accountId, scene.random);
  const meanwhile: Inquiry[] = [];
  const of = (from: readonly number[], count: number) => scene.random.shuffled(from).slice(0, count);
  for (let round = 0; round < ROUNDS; round++) {
    meanwhile.push(...(await send(stage, scene.random, { accountId, count: 8, of: `Away, round ${round}` })));
    await changes.move(of(leadIds, 6), statusIds);
    await changes.note(of(leadIds, 5));
    await changes.rename(of(there.contactIds, 4));
    await changes.give(of(leadIds, 2), there.otherUser);
    await stage.control("clock/advance", { seconds: (HOURS * 3600) / ROUNDS });
  }
  expect(changes.made + meanwhile.length).toBe(300);
  const isDisabled = async () => {
    const hooks = await stage.control<Record<string, { disabled: boolean }>>("hooks/list", { account: accountId });
    return Object.values(hooks).some((hook) => hook.disabled);
  };
  await stage.until("Kommo has given up", isDisabled);

  // Two hours later by every clock but the database's: what lay ahead is past.
  await stage.sql("UPDATE work SET due_at = app_now()");
  const clockMs = HOURS * 3_600_000;
  const { port } = new URL(stage.publicUrl);
  await startFaulty(stage, { clockMs }, { ROLE: "all", PORT: port, SCAN_SECONDS: "5" });
  await untilScanned(stage, new Date(Date.now() + clockMs));
  expect(await breaches(stage, [...there.inquiries, ...meanwhile])).toEqual([]);
  expect(await changes.unknown()).toEqual([]);
  await stage.until("Kommo tells again", async () => !(await isDisabled()));
});
