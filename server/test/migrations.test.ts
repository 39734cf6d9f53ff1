import { afterAll, beforeAll, expect, test } from "vitest";
import { connectAsOwner } from "../src/database/data-source.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

test("what leads showed before it was kept with them is taken over from their verdicts and writes", async () => {
  await database.look("INSERT INTO lead (account_id, lead_id) VALUES (1, 1), (2, 1), (1, 2), (1, 3)");
  await database.look("UPDATE lead SET entered_segment = 'hot', shown = '{\"score\": 7}' WHERE lead_id = 3");
  await database.look(
    `INSERT INTO verdict (account_id, lead_id, status, segment, input_hash, asked_by) VALUES
       (1, 1, 'qualified', 'cold', '', ''), (1, 1, 'qualified', 'hot', '', ''), (1, 1, 'needs_manual', NULL, '', ''),
       (2, 1, 'qualified', 'spam', '', ''), (1, 3, 'qualified', 'cold', '', '')`,
  );
  const fields = (score: number, segment: string) =>
    JSON.stringify({ fields: { score, segment, summary: "Wants it" } });
  await database.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, outcome) VALUES
       (1, 1, 1, 'lead', 'qualification', $1, 'sent', 'sent'), (1, 1, 2, 'lead', 'qualification', $2, 'sent', 'equal'),
       (1, 1, 3, 'lead', 'qualification', $3, 'superseded', ''), (1, 1, 4, 'lead', 'rep', '{"tagsAdd": ["x"]}', 'sent', 'sent'),
       (2, 1, 1, 'lead', 'qualification', $3, 'sent', 'sent, refused: score'), (1, 3, 1, 'lead', 'qualification', $1, 'sent', 'sent')`,
    [fields(10, "cold"), fields(80, "hot"), fields(1, "spam")],
  );
  const owner = await connectAsOwner(database.ownerUrl).initialize();
  const runner = owner.createQueryRunner();
  const migration = owner.migrations.find((one) => one.constructor.name === "ErasedPeople1764000000021")!;
  await migration.down(runner);
  await migration.up(runner);
  await owner.destroy();
  expect(
    await database.look("SELECT account_id, lead_id, entered_segment, shown FROM lead ORDER BY lead_id, account_id"),
  ).toEqual([
    { account_id: 1, lead_id: 1, entered_segment: "hot", shown: { score: 80, segment: "hot" } },
    { account_id: 2, lead_id: 1, entered_segment: "spam", shown: { segment: "spam" } },
    { account_id: 1, lead_id: 2, entered_segment: null, shown: {} },
    { account_id: 1, lead_id: 3, entered_segment: "hot", shown: { score: 7, segment: "cold" } },
  ]);
  const unforced = await database.look("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity");
  expect(unforced).toEqual([]);
});

test("what reports add up is told from all that is there when its tables are made", async () => {
  await database.look("INSERT INTO lead (account_id, lead_id) VALUES (7, 1), (8, 1)");
  await database.look(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state) VALUES
       (7, 1, 1, 1, 10, 1, 11, '2026-01-02', 'confirmed'), (7, 1, 0, NULL, NULL, 1, 10, '2026-01-01', 'confirmed'),
       (8, 1, 1, 1, 20, 2, 21, '2026-01-03', 'provisional')`,
  );
  await database.look(
    `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, after, by_name, at) VALUES
       (7, 1, 5, 'role', 'lawyer', 'Kim', '2026-01-01'), (7, 1, 6, 'role', 'user', 'Kim', '2026-01-02'),
       (7, 1, 5, 'unlinked', NULL, 'Kim', '2026-01-03'), (8, 1, 5, 'linked', NULL, 'Kim', '2026-01-01')`,
  );
  await database.look(
    `INSERT INTO message (account_id, message_id, lead_id, direction, text, at) VALUES
       (7, 'a', 1, 'outgoing', '', '2026-01-05'), (7, 'b', 1, 'outgoing', '', '2026-01-04'), (7, 'c', 1, 'incoming', '', '2026-01-03')`,
  );
  // Kommo's number for nobody.
  await database.look("UPDATE lead SET responsible_user_id = account_id - 7 WHERE account_id IN (7, 8)");
  const told = async () => ({
    stays: await database.look(
      "SELECT account_id, place, pipeline_id, status_id, entered_at, left_at FROM stage_stay ORDER BY account_id, place",
    ),
    spans: await database.look("SELECT account_id, place, roles FROM committee_span ORDER BY account_id, place"),
  });
  const before = await told();
  expect(before.stays).toMatchObject([
    { account_id: 7, place: 1, status_id: 10 },
    { account_id: 7, place: 2, status_id: 11, left_at: null },
    { account_id: 8, place: 0, pipeline_id: 1, status_id: 20, entered_at: null },
    { account_id: 8, place: 1, pipeline_id: 2, status_id: 21, left_at: null },
  ]);
  expect(before.spans).toEqual([
    { account_id: 7, place: 1, roles: ["lawyer"] },
    { account_id: 7, place: 2, roles: ["lawyer", "user"] },
    { account_id: 7, place: 3, roles: ["user"] },
    { account_id: 8, place: 1, roles: [] },
  ]);
  const owner = await connectAsOwner(database.ownerUrl).initialize();
  const runner = owner.createQueryRunner();
  // With those that came after and look at what it makes.
  const since = owner.migrations.findIndex((one) => one.constructor.name === "Reporting1764000000038");
  const ours = owner.migrations.slice(since);
  for (const migration of ours.toReversed()) await migration.down(runner);
  for (const migration of ours) await migration.up(runner);
  await owner.destroy();
  expect(await told()).toEqual(before);
  expect(
    await database.look("SELECT responsible_user_id FROM lead WHERE account_id IN (7, 8) ORDER BY account_id"),
  ).toEqual([{ responsible_user_id: null }, { responsible_user_id: 1 }]);
  expect(await database.look("SELECT first_touch_at FROM lead WHERE account_id IN (7, 8) ORDER BY account_id")).toEqual(
    [{ first_touch_at: new Date("2026-01-04") }, { first_touch_at: null }],
  );
});

test("what deals were told goes back for an owner who is bound by row-level security", async () => {
  const other = await createDatabase();
  await other.look(
    "INSERT INTO customerio_write (account_id, kind, operation, state, ended_at) VALUES (1, 'address', '{}', 'stuck', now())",
  );
  const owner = await connectAsOwner(other.ownerUrl).initialize();
  const runner = owner.createQueryRunner();
  const place = owner.migrations.findIndex((one) => one.constructor.name === "WhatDealsWereTold1764000000051");
  for (const later of owner.migrations.slice(place + 1).toReversed()) await later.down(runner);
  await runner.query("CREATE ROLE plain_owner NOSUPERUSER NOBYPASSRLS");
  await runner.query("GRANT USAGE, CREATE ON SCHEMA public TO plain_owner");
  const tables = ["customerio_write", "customerio_person", "customerio_connection", "customerio_deal"];
  for (const table of [...tables, "deals_sent", "deals_sent_lead"])
    await runner.query(`ALTER TABLE ${table} OWNER TO plain_owner`);
  await runner.query("SET ROLE plain_owner");
  await owner.migrations[place]!.down(runner);
  await runner.query("RESET ROLE");
  expect(await other.look("SELECT 1 FROM customerio_write")).toEqual([]);
  const unforced = await other.look("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity");
  expect(unforced).toEqual([]);
  await runner.query("REASSIGN OWNED BY plain_owner TO CURRENT_USER");
  await runner.query("DROP OWNED BY plain_owner");
  await runner.query("DROP ROLE plain_owner");
  await owner.destroy();
  await other.drop();
});
