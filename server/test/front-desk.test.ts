import { Lists } from "@dealscope/shared/lists";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { Form } from "./intake-kit.ts";
import { startWorld, until, type World } from "./world.ts";

const POOL = 4;

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { DATABASE_POOL: String(POOL) } });
});
afterAll(() => world?.stop());

test("who waits for an answer does not wait for the work that goes on beside it", async () => {
  const form = await Form.of(world);
  const tenancy = world.server.app.get(Tenancy);
  const owner = new Client({ connectionString: world.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query("SELECT pg_advisory_lock(1)");
    const held = () => tenancy.run(form.account.id, (tx) => tx.query("SELECT pg_advisory_xact_lock_shared(1)"));
    let ended = 0;
    const work = Array.from({ length: POOL }, () => held().then(() => ended++));
    await until("work has every connection", async () => {
      const [row] = await world.database.look<{ waiting: number }>(
        "SELECT count(*)::int AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      );
      return row?.waiting === POOL;
    });
    await form.admin.get(Lists, "/api/lists");
    await form.send({ contacts: [{ name: "Ana", email: "ana@first.example" }] });
    expect(ended).toBe(0);
    await owner.query("SELECT pg_advisory_unlock(1)");
    await Promise.all(work);
  } finally {
    await owner.end();
  }
});
