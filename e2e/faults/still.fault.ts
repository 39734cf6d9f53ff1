import { Redis } from "ioredis";
import { expect } from "vitest";
import { judged } from "../stage/progress.ts";
import { fault } from "./fault.ts";
import { goesOn, standsStill, startFaulty } from "./faulty.ts";
import { type Inquiry, sendToSite } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { type PlaceOfWork, placesOfWork } from "./points.ts";
import { untilAtRest } from "./rest.ts";
import { settle } from "./site.ts";
import { GOES_ON } from "./words.ts";

/** Bull's lock lasts 4 s, a lease 6 s; and then the other one needs the time to do it. */
const LONGER_THAN_LOCKS_MS = 12_000;

fault(
  "a worker that stands still for longer than its locks last does nothing twice when it goes on",
  { quick: 1, withinSeconds: 600 },
  async (scene) => {
    const stage = await scene.open({ roles: ["web", "worker"] });
    const sites = await settle(stage, 2, { mails: true });
    const other = stage.servers[1]!;
    const all = scene.random.shuffled(Object.keys(placesOfWork) as PlaceOfWork[]);
    // What it has been told it keeps later, when another one has judged the same lead.
    const places: readonly PlaceOfWork[] = scene.isQuick ? ["model answered"] : all.slice(0, 7);
    const inquiries: Inquiry[] = [];
    for (const [n, at] of places.entries()) {
      // Frozen, so that it is this one that comes there.
      other.signal("SIGSTOP");
      const victim = await startFaulty(stage, { at, blockMs: LONGER_THAN_LOCKS_MS });
      const wish = { count: 12, of: `Still at "${at}"`, moved: 3 };
      inquiries.push(...(await sendToSite(stage, scene.random, sites[n % sites.length]!, wish)));
      await standsStill(stage, victim);
      other.signal("SIGCONT");
      await goesOn(stage, victim);
      await untilAtRest(stage);
      await victim.kill();
    }
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);

fault(
  "of two schedulers the one that stands still in its turn does not keep the other from looking",
  {},
  async (scene) => {
    const { url: redisUrl } = await scene.redis();
    const stage = await scene.open({ roles: ["web", "worker"] }, { redisUrl });
    const sites = await settle(stage, 1);
    await stage.servers[1]?.kill();
    const elected = await startFaulty(stage, { at: "sweep elected", blockMs: 40_000 });
    await standsStill(stage, elected);
    const inquiries = await sendToSite(stage, scene.random, sites[0]!, { count: 10, of: "Unrung", moved: 0 });
    await stage.until("everything is told", async () => (await stage.control<{ idle: boolean }>("hooks/idle")).idle);
    // Without a bell nothing but a look brings it up.
    const redis = new Redis(redisUrl);
    await redis.flushall();
    await redis.quit();
    await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "other" });
    await stage.until(
      "the other one has done the work",
      async () => (await judged(stage)) === inquiries.length,
      30_000,
    );
    expect(elected.said).not.toContain(GOES_ON);
    await elected.kill();
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);
