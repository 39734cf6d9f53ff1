import { afterAll, beforeAll, expect, test } from "vitest";
import { Installations } from "../src/installation/installations.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

test("of what was under way when an account left nothing is left for the day when it comes back", async () => {
  const teller = await Teller.open(world);
  world.customerio.control.faults.add({
    match: { path: "/api/v2/batch", account: teller.workspace },
    effect: { kind: "answer", status: 503, body: {} },
  });
  teller.deal("ana@x.test");
  await until("it waits", async () =>
    (await teller.rows()).some(({ kind, state }) => kind === "event" && state === "due"),
  );
  await teller.look("INSERT INTO deals_sent (account_id, id, state) VALUES ($1, 1, 'running')", [teller.id]);
  await teller.look(
    `INSERT INTO engagement_event (account_id, event_id, metric, channel, at, is_due)
     VALUES ($1, 'e-1', 'unsubscribed', 'email', app_now(), true)`,
    [teller.id],
  );
  await world.server.app.get(Installations).leave(teller.id, "a test");
  expect((await teller.rows()).map(({ state }) => state)).not.toContain("due");
  const [left] = await teller.look(
    `SELECT (SELECT state FROM deals_sent WHERE account_id = $1) AS sending,
            (SELECT count(*)::int FROM engagement_event WHERE account_id = $1 AND is_due) AS due,
            (SELECT attributes FROM customerio_person WHERE account_id = $1) AS told`,
    [teller.id],
  );
  expect(left).toEqual({ sending: "cancelled", due: 0, told: {} });
});
