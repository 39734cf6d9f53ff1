import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { fault } from "./fault.ts";
import { meetsItsFate, startFaulty } from "./faulty.ts";
import { type Inquiry, sendToSite } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { type PlaceOfWork, placesOfWork } from "./points.ts";
import type { Scene } from "./scene.ts";
import { settle } from "./site.ts";

/** Once for each lead, so that it may be the third or the fourth at which it happens; the others once for many of them. */
const ofEachLead: readonly PlaceOfWork[] = ["model asked", "model answered", "verdict kept", "verdict kept, committed"];

/** Where the outside has done it and nobody of us knows: they are tried in `pnpm test`, too. */
const telling: readonly PlaceOfWork[] = ["leads patched", "notes posted", "tasks posted", "Customer.io told"];

fault(
  "a worker killed at any place loses nothing and does nothing twice",
  { quick: 1, seeds: 5, withinSeconds: 420 },
  async (scene) => {
    const { stage, sites } = await withoutWorker(scene, 4, { mails: true });
    const places = scene.isQuick ? telling : (Object.keys(placesOfWork) as PlaceOfWork[]);
    const inquiries: Inquiry[] = [];
    // Each finds what the one before has left lying about, and dies at another place.
    for (const [n, at] of scene.random.shuffled(places).entries()) {
      const time = ofEachLead.includes(at) ? scene.random.whole(1, 8) : 1;
      const victim = await startFaulty(stage, { at, time });
      inquiries.push(
        ...(await sendToSite(stage, scene.random, sites[n % sites.length]!, {
          count: 12,
          of: `Killed at "${at}"`,
          moved: 3,
        })),
      );
      await meetsItsFate(stage, victim);
    }
    await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "heir" });
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);

fault(
  "of a hundred workers killed right after they have posted a note, none leaves two",
  { withinSeconds: 900 },
  async (scene) => {
    const { stage, sites } = await withoutWorker(scene, 10);
    const inquiries: Inquiry[] = [];
    for (let n = 1; n <= 100; n++) {
      const victim = await startFaulty(stage, { at: "notes posted" });
      inquiries.push(
        ...(await sendToSite(stage, scene.random, sites[n % sites.length]!, { count: 1, of: `Worker ${n}`, moved: 1 })),
      );
      await meetsItsFate(stage, victim);
    }
    await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "heir" });
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);

fault(
  "workers killed at moments of chance lose nothing and do nothing twice",
  { isLong: true, seeds: 10, withinSeconds: 420 },
  async (scene) => {
    const { stage, sites } = await withoutWorker(scene, 4, { mails: true });
    const inquiries: Inquiry[] = [];
    for (let n = 1; n <= 20; n++) {
      const victim = await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: `victim ${n}` });
      inquiries.push(
        ...(await sendToSite(stage, scene.random, scene.random.pick(sites), {
          count: 12,
          of: `Victim ${n}`,
          moved: 3,
        })),
      );
      await sleep(scene.random.whole(0, 2_000));
      await victim.kill();
    }
    await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "heir" });
    expect(await breaches(stage, inquiries)).toEqual([]);
  },
);

/** The accounts are there, and the worker that has settled them is not any more. */
async function withoutWorker(scene: Scene, accounts: number, what: { mails?: boolean } = {}) {
  const stage = await scene.open({ roles: ["web", "worker"] });
  const sites = await settle(stage, accounts, what);
  await stage.servers[1]?.kill();
  return { stage, sites };
}
