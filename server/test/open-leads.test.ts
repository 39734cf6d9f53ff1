import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { mayBeOpen } from "../src/leads/open-leads.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

const ACCOUNT = 77;

let database: TestDatabase;
let tenancy: Tenancy;
beforeAll(async () => {
  database = await createDatabase();
  tenancy = new Tenancy(database.dataSource);
});
beforeEach(async () => {
  await database.look("TRUNCATE lead, heard_lead, account CASCADE");
  await database.look(
    "INSERT INTO account (account_id, host, path_key_hash, path_key_sealed, connected_at) VALUES ($1, 'x', '', '', $2)",
    [ACCOUNT, day(1)],
  );
});
afterAll(() => database?.drop());

const among = (ids: readonly number[]) => tenancy.run(ACCOUNT, (tx) => mayBeOpen(tx, ids));
const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const read = (id: number, updated: Date, closed: Date | null = null, gone: string | null = null) =>
  database.look(
    "INSERT INTO lead (account_id, lead_id, kommo_updated_at, closed_at, gone) VALUES ($1, $2, $3, $4, $5)",
    [ACCOUNT, id, updated, closed, gone],
  );
const heard = (id: number, at: Date) =>
  database.look("INSERT INTO heard_lead (account_id, lead_id, at, of_creation) VALUES ($1, $2, $3, false)", [
    ACCOUNT,
    id,
    at,
  ]);

test("leads that were read as closed are left out, until they are heard of again", async () => {
  await read(1, day(5), day(5));
  await heard(1, day(5));
  await read(2, day(5), day(5));
  await heard(2, day(6));
  await read(3, day(1));
  expect(await among([1, 2, 3])).toEqual([2, 3]);
});

test("what was read before the account left and came back may be otherwise now", async () => {
  await read(1, day(5), day(5));
  await database.look("UPDATE account SET connected_at = app_now() + interval '1 second'");
  expect(await among([1])).toEqual([1]);
});

test("leads that were never read, or were thought to be gone, may be open", async () => {
  await read(2, day(1), day(1), "deleted");
  expect(await among([1, 2])).toEqual([2, 1]);
});

test("of very many those come first that are known and were changed last, then the newest", async () => {
  const unknown = Array.from({ length: 400 }, (_, n) => 1_000 + n);
  await read(1, day(1));
  await read(2, day(2));
  const found = await among([1, 2, ...unknown]);
  expect([found.length, ...found.slice(0, 3)]).toEqual([250, 2, 1, 1_399]);
});
