import { afterAll, beforeAll, expect, test } from "vitest";
import { Retention } from "../src/operations/retention.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

test("what nobody asks for any more of deals, sendings, campaigns and stuck items goes, and what is needed stays", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  const put = (sql: string) => teller.look(sql, [teller.id]);
  await put("INSERT INTO customerio_deal (account_id, lead_id) VALUES ($1, 1), ($1, 2)");
  await put(
    "INSERT INTO lead (account_id, lead_id, gone, seen_at) VALUES ($1, 1, 'deleted', app_now() - interval '91 days'), ($1, 2, 'deleted', app_now())",
  );
  await put(
    `INSERT INTO deals_sent (account_id, id, state, ended_at)
     SELECT $1, n, 'done', app_now() - interval '91 days' FROM generate_series(1, 2) n`,
  );
  await put(
    `INSERT INTO customerio_source (account_id, kind, source_id, asked_at) VALUES
       ($1, 'campaign', '901', app_now() - interval '401 days'), ($1, 'campaign', '902', app_now()),
       ($1, 'campaign', '903', app_now() - interval '401 days')`,
  );
  await put(
    `INSERT INTO engagement_event (account_id, event_id, metric, channel, at, source_kind, source_id)
     VALUES ($1, 'e-1', 'sent', 'email', app_now(), 'campaign', '903')`,
  );
  await put(
    `INSERT INTO customerio_write (account_id, lead_id, kind, operation, state, reason, ended_at) VALUES
       ($1, 901, 'object', '{}', 'stuck', 'No.', app_now() - interval '91 days'), ($1, 902, 'object', '{}', 'stuck', 'No.', app_now())`,
  );
  await world.server.app.get(Retention).prune(teller.id);
  const left = async (sql: string) => (await put(sql)).map((row) => Number(Object.values(row)[0]));
  expect(await left("SELECT lead_id FROM customerio_deal WHERE account_id = $1 ORDER BY 1")).toEqual([2, id]);
  expect(await left("SELECT id FROM deals_sent WHERE account_id = $1")).toEqual([2]);
  expect(
    await left("SELECT source_id FROM customerio_source WHERE account_id = $1 AND source_id LIKE '90_' ORDER BY 1"),
  ).toEqual([902, 903]);
  expect(await left("SELECT lead_id FROM customerio_write WHERE account_id = $1 AND state = 'stuck'")).toEqual([902]);
});
