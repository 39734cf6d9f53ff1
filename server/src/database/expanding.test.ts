import type { QueryRunner } from "typeorm";
import { expect, test } from "vitest";
import { migrations } from "./migrations/all.ts";

/** The last migration of the version that runs somewhere. What comes after it meets servers that do not know it. */
const RELEASED = "KeptWords1764000000058";

/** What servers of the version before would fail of, or what cannot be taken back. */
const BREAKING: Record<string, RegExp> = {
  "drops a table or a view": /\bDROP\s+(TABLE|VIEW|SCHEMA|TYPE|ROLE)\b/i,
  "drops a column":
    /\bALTER\s+TABLE\b[^;]*\bDROP\s+(?!CONSTRAINT|DEFAULT|NOT\s+NULL|EXPRESSION|IDENTITY|INDEX)(COLUMN\s+)?\w+/i,
  "renames something": /\bRENAME\b/i,
  "changes the type of a column": /\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b/i,
  "demands a value that nobody gives yet": /\bSET\s+NOT\s+NULL\b/i,
  "adds a column that has to be given":
    /\bADD\s+(?!CONSTRAINT|CHECK|PRIMARY|UNIQUE|FOREIGN)(COLUMN\s+)?\w+\s[^,;]*\bNOT\s+NULL\b(?![^,;]*\b(DEFAULT|GENERATED)\b)(?<!\b(DEFAULT|GENERATED)\b[^,;]*)/i,
  "takes a right away": /\bREVOKE\b(?!\s+(ALL\s+ON\s+FUNCTION|CREATE\s+ON\s+SCHEMA))/i,
  "deletes rows": /\b(TRUNCATE|DELETE\s+FROM)\b/i,
};

/** Those that do it all the same, and why no server minds. A function that is made again in the same migration needs none. */
const EXPLAINED: Record<string, string> = {};

/** Statements of a migration, without a database. */
async function statementsOf(Migration: (typeof migrations)[number]): Promise<string[]> {
  const said: string[] = [];
  const runner = {
    query: async (sql: string) => {
      said.push(sql.replace(/--.*$/gm, ""));
      return [];
    },
  };
  await new Migration().up(runner as unknown as QueryRunner);
  // A function's body is run by those who call it.
  return said.filter((sql) => !/^\s*CREATE\s+(OR\s+REPLACE\s+)?FUNCTION/i.test(sql));
}

function breaksIn(sql: string): string[] {
  return Object.entries(BREAKING)
    .filter(([, form]) => form.test(sql))
    .map(([what]) => what);
}

const since = migrations.findIndex(({ name }) => name === RELEASED) + 1;

test("what is released is known", () => expect(since).toBeGreaterThan(0));

test.each(migrations.slice(since).map((one) => [one.name, one] as const))(
  "%s only expands",
  async (name, migration) => {
    const breaks = (await statementsOf(migration)).flatMap((sql) =>
      breaksIn(sql).map((what) => `${what}: ${sql.trim()}`),
    );
    if (name in EXPLAINED) expect(breaks).not.toEqual([]);
    else expect(breaks).toEqual([]);
  },
);

test.each([
  ["DROP TABLE lead", "drops a table or a view"],
  ["ALTER TABLE lead DROP mood", "drops a column"],
  ["ALTER TABLE lead ADD a text, DROP COLUMN mood", "drops a column"],
  ["ALTER TABLE lead RENAME mood TO temper", "renames something"],
  ["ALTER TABLE lead ALTER COLUMN mood TYPE int USING 1", "changes the type of a column"],
  ["ALTER TABLE lead ALTER mood SET NOT NULL", "demands a value that nobody gives yet"],
  ["ALTER TABLE lead ADD mood text NOT NULL", "adds a column that has to be given"],
  ["REVOKE SELECT ON lead FROM dealscope_tenant", "takes a right away"],
  ["DELETE FROM lead", "deletes rows"],
])("%s would be told", (sql, what) => expect(breaksIn(sql)).toEqual([what]));

test.each([
  "ALTER TABLE lead ADD mood text",
  "ALTER TABLE lead ADD mood text NOT NULL DEFAULT ''",
  "ALTER TABLE lead ADD mood text DEFAULT '' NOT NULL, ADD at timestamptz",
  "ALTER TABLE lead ALTER mood DROP NOT NULL, ALTER mood DROP DEFAULT",
  "ALTER TABLE lead DROP CONSTRAINT lead_mood_check",
  "CREATE TABLE mood (account_id bigint NOT NULL, at timestamptz)",
  "REVOKE ALL ON FUNCTION sealed_with() FROM PUBLIC",
  "DROP FUNCTION sweep_due()",
  "CREATE INDEX lead_mood ON lead (account_id, mood)",
])("%s is an expansion", (sql) => expect(breaksIn(sql)).toEqual([]));
