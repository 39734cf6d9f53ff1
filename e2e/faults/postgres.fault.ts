import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, test } from "vitest";
import { judged } from "../stage/progress.ts";
import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";
import { hookAnswers } from "./hooks.ts";
import { send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { OwnPostgres } from "./own-stores.ts";
import type { Scene } from "./scene.ts";
import { SmallDisk } from "./small-disk.ts";

const roles = ["web", "worker", "worker"] as ("web" | "worker")[];
/** Kommo tells again after 5, 15 and 15 minutes: here after 3, 9 and 9 seconds. */
const kommo = { timeScale: 100 };
/** What it has told in vain for good the scan finds. */
const env = { SCAN_SECONDS: "10" };

interface Place {
  postgres: OwnPostgres;
  stage: Stage;
  accountId: number;
}

/** Deals come in while something goes wrong with the database; afterwards all of them are as they have to be. */
async function survives(scene: Scene, happens: (place: Place) => Promise<unknown>, dir?: string) {
  const postgres = await OwnPostgres.open(scene, dir);
  const stage = await scene.open({ roles, kommo, env }, postgres.stores);
  const [installed] = await stage.install(1, settings);
  const { accountId } = installed!;
  const coming = send(stage, scene.random, { accountId, count: 40, of: "Hit", overMs: 5_000 });
  await sleep(scene.random.whole(1_000, 2_000));
  await happens({ postgres, stage, accountId });
  const inquiries = await coming;
  // What was told in vain is told again after a while, in which everything seems to be done.
  await stage.until("all are judged", async () => (await judged(stage)) === inquiries.length, 60_000);
  expect(await breaches(stage, inquiries)).toEqual([]);
  return { stage, accountId };
}

fault(
  "PostgreSQL restarted under load: nothing is lost and nothing done twice",
  { quick: 1, seeds: 2 },
  async (scene) => {
    await survives(scene, async ({ postgres }) => {
      await postgres.stop();
      await sleep(1_000);
      await postgres.start();
    });
  },
);

fault("PostgreSQL cut off, as when it fails over", {}, async (scene) => {
  await survives(scene, async ({ postgres: { proxy } }) => {
    await proxy.turn("cut");
    await sleep(2_000);
    await proxy.turn("open");
  });
});

fault("PostgreSQL that does what it is told and whose answers are lost", {}, async (scene) => {
  await survives(scene, async ({ postgres: { proxy } }) => {
    await proxy.turn("deaf");
    await sleep(500);
    await proxy.turn("cut");
    await proxy.turn("open");
  });
});

fault("PostgreSQL read-only, as a standby is until it is promoted", {}, async (scene) => {
  await survives(scene, async ({ stage }) => {
    await stage.sql("ALTER SYSTEM SET default_transaction_read_only = on");
    await stage.sql("SELECT pg_reload_conf()");
    await sleep(4_000);
    await stage.sql("ALTER SYSTEM RESET default_transaction_read_only");
    await stage.sql("SELECT pg_reload_conf()");
  });
});

fault("all connections that PostgreSQL has taken by somebody else", {}, async (scene) => {
  await survives(scene, async ({ postgres }) => {
    const { ownerUrl } = postgres.stores;
    await postgres.proxy.turn("cut");
    const taken = await takeAll(ownerUrl);
    await postgres.proxy.turn("open");
    await sleep(4_000);
    await Promise.all(taken.map((client) => client.end()));
  });
});

/** Until it says that there are no more. */
async function takeAll(url: string): Promise<pg.Client[]> {
  for (const taken: pg.Client[] = []; ; ) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
    } catch {
      return taken;
    }
    taken.push(client);
  }
}

fault("all our connections waiting for a lock: every webhook is taken all the same", {}, async (scene) => {
  const { stage, accountId } = await survives(scene, ({ stage }) =>
    // Longer than anybody waits for a connection of the pool.
    stage.sql("DO $$ BEGIN LOCK TABLE work; PERFORM pg_sleep(13); END $$"),
  );
  expect(await hookAnswers(stage, accountId)).toEqual(["204"]);
});

const full = "PostgreSQL with a full disk: nothing is lost, and all goes on when there is room again";
if (SmallDisk.isPossible) {
  fault(full, {}, async (scene) => {
    const disk = SmallDisk.open(scene, 250);
    await survives(
      scene,
      async ({ postgres, stage, accountId }) => {
        disk.fill();
        // What it has at hand lasts for a moment.
        const isFull = async () => (await hookAnswers(stage, accountId)).includes("503");
        await stage.until("it has no room for a webhook", isFull, 20_000);
        await sleep(4_000);
        disk.makeRoom();
        // It gives up by itself where it cannot even write its log.
        if (!(await postgres.isRunning())) await postgres.start();
      },
      disk.dir,
    );
  });
} else test.skip(full);
