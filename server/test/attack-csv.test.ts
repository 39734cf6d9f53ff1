import { EXPORTS } from "@dealscope/shared/reports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Past } from "./reporting-kit.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import type { Installed, World } from "./world.ts";

/** What begins a formula, alone and behind whatever a spreadsheet may part cells by. */
const HOSTILE = ["=", "+", "-", "@", "＝", "＋", "－", "＠"].flatMap((sign) =>
  ["", " ", ";", "; ", ';"', "\t", "\n", "\r\n", ";\t", '";', '"\n', "',", '",'].map(
    (before) => `x${before}${sign}cmd|' /C calc'!A0`,
  ),
);
const FORMULA = /^ *[=+@\-＝＋－＠]/u;

let world: World;
let account: Installed;
let admin: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  account = await world.install();
  const past = new Past(world, account);
  for (const [at, text] of HOSTILE.entries()) {
    // As a text begins with it, and as it stands within.
    const said = at % 2 === 0 ? text : text.slice(1);
    const id = 100 + at;
    await past.deal({ id, name: said, createdAt: 10, in: 0, moves: [[1, 5]], contacts: [id], segment: said });
    await past.said(id, [id, "role", said, 4]);
    await past.hold(id, 2, 3, null, [["role", said, null, 3, null]]);
  }
  const all = HOSTILE.join("");
  await past.look(
    `UPDATE contact SET name = (SELECT l.name FROM lead l WHERE l.account_id = $1 AND l.lead_id = contact_id)
      WHERE account_id = $1`,
    [account.accountId],
  );
  await past.look("UPDATE kommo_user SET name = $2 WHERE account_id = $1", [account.accountId, all]);
  await past.look(
    `INSERT INTO verdict (account_id, lead_id, status, segment, reason, input_hash, asked_by, detail)
     SELECT account_id, lead_id, 'needs_manual', name, name, '', name, jsonb_build_object('summary', name) FROM lead WHERE account_id = $1`,
    [account.accountId],
  );
  await past.look(
    `UPDATE account SET provisioned = jsonb_set(provisioned, '{pipelines,0,statuses}',
       (SELECT jsonb_agg(s || jsonb_build_object('name', $2::text)) FROM jsonb_array_elements(provisioned#>'{pipelines,0,statuses}') s))
      WHERE account_id = $1`,
    [account.accountId, all],
  );
  admin = await Browser.open(world, account.accountId, account.adminId);
});
afterAll(() => world?.stop());

test("whatever is not written as a text in a table is a number, a time, or yes or no", async () => {
  const types = await world.database.look<{ type: string }>(
    `SELECT DISTINCT atttypid::regtype::text AS type FROM pg_attribute
      WHERE attrelid = ANY($1::regclass[]) AND attnum > 0 ORDER BY 1`,
    [EXPORTS.map((table) => `report_${table}`)],
  );
  const harmless = ["bigint", "boolean", "date", "double precision", "integer", "numeric", "smallint"];
  const known = [...harmless, "text", "timestamp with time zone"];
  expect(types.map(({ type }) => type).filter((type) => !known.includes(type))).toEqual([]);
});

describe.each(EXPORTS)("in the table of %s", (table) => {
  test.each([",", ";", "\t"])("no cell is a formula where cells are parted by %j", async (separator) => {
    const answer = await admin.ask(`/api/reports/export?table=${table}`);
    expect(answer.status).toBe(200);
    const csv = String(answer.body);
    expect(csv).toContain("cmd|");
    const formulas = cellsOf(csv.replace(/^\uFEFF/, ""), separator).filter((cell) => FORMULA.test(cell));
    expect(formulas.filter((cell) => Number.isNaN(Number(cell)))).toEqual([]);
  });
});

/**
 * As spreadsheets read a file: a quote opens only at the beginning of a cell, elsewhere it is a letter like others, and what
 * follows the closing one belongs to the cell.
 */
function cellsOf(csv: string, separator: string): string[] {
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"?)?([^${separator}\\r\\n]*)(?:[${separator}\\r\\n]|$)`, "gy");
  return [...csv.matchAll(cell)].map(([, quoted = "", rest]) => `${quoted.replaceAll('""', '"')}${rest}`);
}
