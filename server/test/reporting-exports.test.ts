import { EXPORTS } from "@dealscope/shared/reports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Past } from "./reporting-kit.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import type { Installed, World } from "./world.ts";

let world: World;
let account: Installed;
let past: Past;
let admin: Browser;
let repId: number;
beforeAll(async () => {
  world = await startApiWorld();
  account = await world.install();
  past = new Past(world, account);
  admin = await Browser.open(world, account.accountId, account.adminId);
  const [rep] = await past.look<{ user_id: number }>(
    "SELECT user_id FROM kommo_user WHERE account_id = $1 AND NOT is_admin",
    [account.accountId],
  );
  repId = rep!.user_id;
  const formula = '=HYPERLINK("http://evil.example","x")';
  await past.deal({ id: 1, name: formula, value: 10.5, createdAt: "2025-05-01T10:00:00Z", rep: repId, contacts: [11] });
  await past.deal({
    id: 2,
    name: 'Quotes " and, commas\nand lines',
    createdAt: "2025-06-01T10:00:00Z",
    moves: [[1, "2025-06-02T10:00:00Z"]],
  });
  for (const [id, name] of [
    [3, "+1"],
    [4, "-1"],
    [5, "@SUM(A1)"],
    [6, "\t=1"],
  ] as const) {
    await past.deal({ id, name, createdAt: "2025-07-01T10:00:00Z", rep: account.adminId });
  }
  await past.deal({ id: 7, createdAt: "2025-07-01T10:00:00Z", gone: true });
  await past.said(1, [11, "role", "lawyer", "2025-05-02T10:00:00Z"]);
  await past.hold(1, 2, 10, null, [["approval", "lawyer", 11, 10, null]]);
});
afterAll(() => world?.stop());

async function exported(browser: Browser, query = ""): Promise<string> {
  const answer = await browser.ask(`/api/reports/export${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return String(answer.body);
}

const objects = async (browser: Browser, query = "") =>
  (await exported(browser, `?format=jsonl${query}`))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("a name that is a formula is a text in the table, and what is a text in a line stays as it is", async () => {
  const csv = await exported(admin);
  const [head, first] = csv.split("\n");
  expect(head).toMatch(/^\uFEFF?deal_id,name,value,currency,/);
  expect(first).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")",10.5,USD`);
  expect(csv).toContain('"Quotes "" and, commas\nand lines"');
  for (const name of ["'+1", "'-1", "'@SUM(A1)", `"'\t'=1"`]) expect(csv).toContain(`,${name},`);
  expect((await objects(admin)).map(({ name }) => name)).toEqual([
    '=HYPERLINK("http://evil.example","x")',
    'Quotes " and, commas\nand lines',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
  ]);
});

/** What spreadsheets take for the beginning of a formula, some of them in full width too. */
const FORMULAS = ["=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"].map(
  (sign, at) => `${sign}cmd|"${at}"!A0`,
);

test.each([
  ["deals", "name"],
  ["deals", "stage"],
  ["stage_stays", "stage"],
  ["stakeholders", "name"],
  ["stakeholders", "role"],
  ["hold_reasons", "what"],
])("in the table of %s no %s is a formula", async (table, column) => {
  const its = await world.install();
  const mine = new Past(world, its);
  for (const [at, formula] of FORMULAS.entries()) {
    const id = 100 + at;
    await mine.deal({ id, name: formula, createdAt: 10, in: 0, moves: [[1, 5]], contacts: [id] });
    await mine.look("UPDATE contact SET name = $2 WHERE account_id = $1 AND contact_id = $3", [
      its.accountId,
      formula,
      id,
    ]);
    await mine.said(id, [id, "role", formula, 4]);
    await mine.hold(id, 2, 3, null, [["role", formula, null, 3, null]]);
  }
  const browser = await Browser.open(world, its.accountId, its.adminId);
  const found: string[] = [];
  for (const formula of FORMULAS) {
    if (column === "stage") {
      await mine.look(
        `UPDATE account SET provisioned = jsonb_set(provisioned, '{pipelines,0,statuses}',
           (SELECT jsonb_agg(s || jsonb_build_object('name', $2::text)) FROM jsonb_array_elements(provisioned#>'{pipelines,0,statuses}') s))
          WHERE account_id = $1`,
        [its.accountId, formula],
      );
    }
    const csv = await exported(browser, `?table=${table}`);
    const cell = `"'${formula.replaceAll('"', '""')}"`;
    // An apostrophe makes it a text, wherever it stands.
    if (csv.includes(`,${cell},`) && !csv.includes(`"${cell.slice(2)}`)) found.push(formula);
  }
  expect(found).toEqual(FORMULAS);
});

test("a number below nothing stays a number", async () => {
  const its = await world.install();
  await new Past(world, its).deal({ id: 1, name: "Refund", value: -5.5, createdAt: 10 });
  const browser = await Browser.open(world, its.accountId, its.adminId);
  expect(await exported(browser)).toContain("\n1,Refund,-5.5,USD,");
});

test("everything that reports are made of can be taken along, narrowed as they are", async () => {
  for (const table of EXPORTS) {
    const head = (await exported(admin, `?table=${table}`)).split("\n")[0];
    expect(head, table).toContain("deal_id");
    expect(head, table).not.toContain("account_id");
  }
  expect(await objects(admin, "&table=stakeholders")).toMatchObject([
    { deal_id: 1, contact_id: 11, role: "lawyer", decides: false },
  ]);
  expect(await objects(admin, "&table=hold_reasons")).toMatchObject([
    { deal_id: 1, kind: "approval", what: "lawyer", ended_at: null },
  ]);
  expect(
    (await objects(admin, "&table=stage_stays&from=2025-06-01&to=2025-06-30")).map(({ deal_id, hours }) => [
      deal_id,
      typeof hours,
    ]),
  ).toEqual([
    [2, "number"],
    [2, "number"],
  ]);
  expect((await objects(admin, `&repId=${repId}`)).map(({ deal_id }) => deal_id)).toEqual([1]);
});

test("only administrators take the whole account along; a rep takes his own deals", async () => {
  const rep = await Browser.open(world, account.accountId, repId);
  expect((await objects(rep)).map(({ deal_id }) => deal_id)).toEqual([1]);
  expect(await objects(rep, `&repId=${account.adminId}`)).toEqual([]);
  const audited = await past.look<{ actor: string; subject: string }>(
    "SELECT actor, subject FROM audit WHERE account_id = $1 AND action = 'exported' ORDER BY id DESC LIMIT 1",
    [account.accountId],
  );
  expect(audited).toEqual([{ actor: "Robin Sales", subject: "deals" }]);
});

test("an export goes on from page to page until the last deal", async () => {
  const large = await world.install();
  await past.look(
    `INSERT INTO lead (account_id, lead_id, name, pipeline_id, status_id, kommo_created_at)
     SELECT $1, n, 'Deal ' || n, $2, $3, now() FROM generate_series(1, 1700) n`,
    [large.accountId, large.pipelineId, large.statusIds[0]],
  );
  const browser = await Browser.open(world, large.accountId, large.adminId);
  const rows = await objects(browser);
  expect(rows).toHaveLength(1700);
  expect(new Set(rows.map(({ deal_id }) => deal_id)).size).toBe(1700);
});

test("what cannot be exported is refused with a sentence", async () => {
  for (const [query, path] of [
    ["table=secrets", "table"],
    ["format=xlsx", "format"],
    ["from=yesterday", "from"],
  ] as const) {
    const answer = await admin.ask(`/api/reports/export?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_input", issues: [{ path }] } } });
  }
});
