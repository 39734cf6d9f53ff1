import { expect } from "vitest";
import { fault } from "./fault.ts";
import { meetsItsFate, startFaulty } from "./faulty.ts";
import { sendToSite } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { settle } from "./site.ts";

/** Kommo's pause before it tells again what was not answered. */
const FIRST_RETRY_SECONDS = 5 * 60;

fault(
  "a door killed between its commit and its answer is told the same again, and hears it once",
  { quick: 1, seeds: 3 },
  async (scene) => {
    const stage = await scene.open({ roles: ["web", "worker"] });
    const sites = await settle(stage, 1);
    await stage.servers[0]?.kill();
    const door = { ROLE: "web", PORT: new URL(stage.publicUrl).port };
    const victim = await startFaulty(stage, { at: "delivery stored", time: scene.random.whole(1, 2) }, door);
    const inquiries = await sendToSite(stage, scene.random, sites[0]!, { count: 12, of: "Door", moved: 3 });
    await meetsItsFate(stage, victim);
    await stage.startServer(door, { name: "next door" });
    await stage.until("nothing is on its way", async () => (await stage.control<{ idle: boolean }>("hooks/idle")).idle);
    await stage.control("clock/advance", { seconds: FIRST_RETRY_SECONDS });
    expect(await breaches(stage, inquiries)).toEqual([]);
    const [row] = await stage.sql<{ n: number }>("SELECT count(*)::int AS n FROM delivery WHERE state = 'duplicate'");
    expect(row?.n).toBeGreaterThan(0);
  },
);
