import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { old } from "../src/operations/retention.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

interface Entry {
  table: string;
  what: string;
  whose: string;
  kept: string;
  erased: string;
}

/** The rows of the map; several tables may stand in one. */
const map: Entry[] = readFileSync(new URL("../../docs/data-map.md", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .flatMap((line) => {
    const [, tables = "", what = "", whose = "", kept = "", erased = ""] = line.split("|").map((cell) => cell.trim());
    return [...tables.matchAll(/`(\w+)`/g)].map(([, table = ""]) => ({ table, what, whose, kept, erased }));
  });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

test("every table stands in the map once, and nothing else does", async () => {
  const tables = await database.look<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  expect(map.map(({ table }) => table).sort()).toEqual(tables.map(({ name }) => name).sort());
});

test("each says what is in it, of whom, how long and what erasing does", () => {
  for (const { table, ...cells } of map) {
    for (const [name, cell] of Object.entries(cells)) expect(cell, `${table}: ${name}`).not.toBe("");
    expect(cells.whose, table).toMatch(/^(nobody|clients|users|clients, users|the operator's people)$/);
  }
});

test("what is deleted when it is old does not say that it stays as long as the account", () => {
  const byTable = new Map(map.map((entry) => [entry.table, entry]));
  for (const table of Object.keys(old(30))) expect(byTable.get(table)?.kept, table).not.toBe("the account");
});

test("what is of no account is not said to go with it", async () => {
  const tables = await database.look<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables t WHERE schemaname = 'public'
        AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = t.tablename AND p.policyname = 'tenancy')`,
  );
  const ofNone = new Set(tables.map(({ name }) => name));
  for (const { table, kept } of map) if (ofNone.has(table)) expect(kept, table).not.toContain("the account");
});
