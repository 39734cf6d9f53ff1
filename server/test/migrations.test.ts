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
