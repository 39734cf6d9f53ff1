import { expect } from "vitest";
import { judged } from "../stage/progress.ts";
import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";
import { meetsItsFate, startFaulty } from "./faulty.ts";
import { sendToSite } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { settle } from "./site.ts";

const TEN_MINUTES_MS = 600_000;

fault(
  "servers whose clocks are ten minutes off, one way and the other, do everything once",
  { seeds: 2 },
  async (scene) => {
    const stage = await scene.open({ roles: ["web", "worker"] });
    const sites = await settle(stage, 2, { mails: true });
    for (const server of stage.servers) await server.kill();
    const [ahead, behind] = scene.random.shuffled([TEN_MINUTES_MS, -TEN_MINUTES_MS]);
    await startFaulty(stage, { clockMs: ahead! }, { ROLE: "web", PORT: new URL(stage.publicUrl).port });
    // One of them dies, so that the other has to see when its leases have run out.
    const victim = await startFaulty(stage, { clockMs: ahead!, at: "model answered", time: scene.random.whole(1, 8) });
    const wish = { count: 20, of: "Clock", moved: 5 };
    const inquiries = (await Promise.all(sites.map((site) => sendToSite(stage, scene.random, site, wish)))).flat();
    await meetsItsFate(stage, victim);
    await startFaulty(stage, { clockMs: behind! });
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);

fault(
  "a database whose clock goes ten minutes ahead and back again under load has everything done once",
  { seeds: 2 },
  async (scene) => {
    const stage = await scene.open({
      roles: ["web", "worker", "worker"],
      kommo: { latencyMs: 60 },
      openai: { latencyMs: 400 },
    });
    const sites = await settle(stage, 2, { mails: true });
    const wish = { count: 30, of: "Clock", moved: 8 };
    const inquiries = (await Promise.all(sites.map((site) => sendToSite(stage, scene.random, site, wish)))).flat();
    const reached = (n: number) => stage.until(`${n} leads are judged`, async () => (await judged(stage)) >= n);
    await reached(scene.random.whole(1, 15));
    await setDatabaseClock(stage, TEN_MINUTES_MS);
    await reached(scene.random.whole(20, 30));
    await setDatabaseClock(stage, 0);
    // What was put down for later in those ten minutes is due when they have passed.
    await setDatabaseClock(stage, TEN_MINUTES_MS);
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);

async function setDatabaseClock(stage: Stage, aheadMs: number) {
  await stage.sql(
    `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT statement_timestamp() + interval '${aheadMs} ms' $$`,
  );
}
