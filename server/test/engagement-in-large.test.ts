import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tx } from "../src/database/tenancy.ts";
import { forgetReading } from "../src/engagement/inbound/forgotten.ts";
import { readRecipients } from "../src/engagement/panel/panel-rows.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

const MANY = 20_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await database.look(
    `WITH n AS (SELECT n FROM generate_series(1, ${MANY}) n),
          c AS (INSERT INTO contact (account_id, contact_id, name) SELECT 1, n, 'c' || n FROM n),
          l AS (INSERT INTO lead_contact (account_id, lead_id, contact_id, is_main) SELECT 1, n / 10, n, false FROM n),
          a AS (INSERT INTO contact_address (account_id, address, contact_id) SELECT 1, 'a' || n || '@x.test', n FROM n),
          p AS (INSERT INTO customerio_person (account_id, identified_by, identifier, identifier_key)
                SELECT 1, 'email', 'a' || n || '@x.test', 'a' || n || '@x.test' FROM n),
          pc AS (INSERT INTO customerio_person_contact (account_id, contact_id, person_id) SELECT 1, n, n FROM n)
     INSERT INTO engagement_event (account_id, event_id, metric, channel, at, address, contact_id, person_id)
     SELECT 1, 'e' || n, 'sent', 'email', now(), 'a' || n || '@x.test', n, n FROM n`,
  );
  await database.look("ANALYZE");
});
afterAll(() => database?.drop());

/** How the database would go about what is asked of it; nothing is done. */
async function plansOf(use: (tx: Tx) => Promise<unknown>): Promise<string> {
  const plans: unknown[] = [];
  const query = async (sql: string, parameters: unknown[] = []) => {
    const rows = await database.look<Record<string, string>>(`EXPLAIN ${sql}`, parameters);
    plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    return [{ addresses: ["a7@x.test"], people: [7], shared: [] }];
  };
  await use({ query } as unknown as Tx);
  return plans.join("\n");
}

test("a card finds the people of its contacts by indexes, however many the workspace has", async () => {
  const plan = await plansOf((tx) => readRecipients(tx, 77).catch(() => {}));
  expect(plan).toContain("customerio_person");
  expect(plan).not.toMatch(/Seq Scan on (customerio_person|contact_address|engagement_event)/);
});

test("what was told of somebody who is to be forgotten is found by indexes, however much was told of others", async () => {
  const plan = await plansOf((tx) => forgetReading(tx, 1, 7).catch(() => {}));
  expect(plan).toContain("engagement_of_address");
  expect(plan).not.toMatch(/Seq Scan on engagement_event/);
});
