import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

/** Seconds by which Kommo is behind when a deal is made. */
const BEFORE = 3 * 3600;

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());
afterEach(() => {
  world.kommo.control.hooks.weather({ dropRate: 0 });
  const { now } = world.kommo.control.clock.read();
  world.kommo.control.clock.advance({ seconds: Math.max(0, Math.floor(Date.now() / 1000) - now) });
});

/** A deal that was made long ago, and moved so many minutes ago without a webhook that told of it; the scan has found that. */
async function moved(minutes: number, lateEvents: boolean) {
  const teller = await Teller.open(world, { lateEvents });
  await teller.look("UPDATE customerio_connection SET told_from = app_now() - interval '1 day' WHERE account_id = $1", [
    teller.id,
  ]);
  teller.control.clock.advance({ seconds: -BEFORE });
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  await teller.told();
  teller.control.hooks.weather({ dropRate: 1 });
  const { now } = teller.control.clock.advance({ seconds: BEFORE - minutes * 60 });
  teller.move(id, teller.stage(1));
  await teller.scan();
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage_id: teller.stage(1) });
  return { events: teller.events().map(({ name }) => name), last: teller.events().at(-1), now };
}

test("what the scan finds later than an hour after it happened changes attributes and starts nothing", async () => {
  expect((await moved(90, false)).events).toEqual([]);
});

test("what it finds within the hour is told", async () => {
  const { events, last, now } = await moved(30, false);
  expect(events).toEqual(["deal_stage_changed"]);
  expect(Math.abs(last!.timestamp - now)).toBeLessThan(60);
});

test("where the administrator wants it, what is late starts campaigns with the time at which it happened", async () => {
  const { events, last, now } = await moved(90, true);
  expect(events).toEqual(["deal_created", "deal_stage_changed"]);
  expect(Math.abs(last!.timestamp - now)).toBeLessThan(60);
});

test("what a webhook told in time is told however long Kommo lets us wait", async () => {
  const teller = await Teller.open(world);
  await teller.look("UPDATE customerio_connection SET told_from = app_now() - interval '1 day' WHERE account_id = $1", [
    teller.id,
  ]);
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  await teller.told();
  world.kommo.control.faults.add({
    match: { account: teller.id, path: "/api/v4/leads" },
    effect: { kind: "answer", status: 503, body: {} },
  });
  teller.move(id, teller.stage(1));
  await until("it waits for Kommo", async () => {
    const rows = await teller.look(
      "SELECT 1 FROM work WHERE kind = 'customerio_deal' AND subject = $1 AND waits > 0 AND state = 'open'",
      [id],
    );
    return rows.length > 0;
  });
  await teller.look(
    "UPDATE stage_change SET at = at - interval '2 hours', heard_at = heard_at - interval '2 hours' WHERE lead_id = $1",
    [id],
  );
  world.kommo.control.faults.clear();
  await teller.hurry("work");
  await teller.told();
  expect(teller.names("ana@x.test")).toEqual(["deal_created", "deal_stage_changed"]);
});
