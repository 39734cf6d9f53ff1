import { expect } from "vitest";
import { fault } from "./fault.ts";
import { meetsItsFate, startFaulty } from "./faulty.ts";
import { type Inquiry, send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { type PointName, points } from "./points.ts";

const workerPoints = (Object.keys(points) as PointName[]).filter(
  (name) => name !== "delivery stored" && !name.includes("notes") && !name.includes("token"),
);

fault("without any fault there is nothing to say against it", { quick: 1 }, async (scene) => {
  const stage = await scene.open();
  const [account] = await stage.install(1, settings);
  const inquiries = await send(stage, scene.random, { accountId: account!.accountId, count: 10, of: "Plain" });
  expect(await breaches(stage, inquiries)).toEqual([]);
});

fault("a worker killed at any point loses nothing and does nothing twice", { quick: 1, seeds: 5 }, async (scene) => {
  const stage = await scene.open({ roles: ["web", "worker"] });
  const accounts = await stage.install(4, settings);
  await stage.servers[1]?.kill();
  const inquiries: Inquiry[] = [];
  const points = scene.random.shuffled(workerPoints).slice(0, scene.amount(6, workerPoints.length));
  // Each takes over from the one before, and dies at another point.
  for (const [n, point] of points.entries()) {
    const victim = await startFaulty(stage, { at: point, time: scene.random.whole(1, 4) });
    const { accountId } = accounts[n % accounts.length]!;
    inquiries.push(...(await send(stage, scene.random, { accountId, count: 12, of: `Killed at "${point}"` })));
    await meetsItsFate(stage, victim);
  }
  await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "heir" });
  expect(await breaches(stage, inquiries)).toEqual([]);
});
