import { expect } from "vitest";
import { judged } from "../stage/progress.ts";
import { fault } from "./fault.ts";
import { sendToSite } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { settle } from "./site.ts";

const GRACE_MS = 30_000;

fault(
  "a worker asked to stop under load ends within 30 s, buys nothing in vain, and another one goes on",
  { quick: 1, seeds: 2 },
  async (scene) => {
    const stage = await scene.open({
      roles: ["web", "worker"],
      kommo: { latencyMs: 120 },
      openai: { latencyMs: 800 },
      // So that it cannot have everything in its hands at once.
      env: { WORK_SLOTS: "10" },
    });
    const sites = await settle(stage, 2);
    const wish = { count: scene.amount(20, 60), of: "Load", moved: 5 };
    const inquiries = (await Promise.all(sites.map((site) => sendToSite(stage, scene.random, site, wish)))).flat();
    const stopped = stage.servers[1]!;
    const many = scene.random.whole(1, 10);
    await stage.until("work is under way", async () => (await judged(stage)) >= many);
    stopped.signal("SIGTERM");
    await stage.until("it has ended", async () => !stopped.isRunning, GRACE_MS, 20);
    expect(await stopped.ended).toEqual({ code: 0, signal: null });
    expect(await judged(stage)).toBeLessThan(inquiries.length);
    await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "other" });
    expect(await breaches(stage, inquiries)).toEqual([]);
    expect(await stage.openai("totals")).toMatchObject({ repeated: 0, clientGone: 0 });
  },
);
