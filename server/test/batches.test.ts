import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  // At Kommo's real limit: what waits for the limit shares a call.
  world = await startWorld();
  account = await installAccount(world, { settleSeconds: 1 });
});
afterAll(() => world?.stop());

const PATCH = "PATCH /api/v4/leads";

async function decide(count: number, text: (n: number) => string): Promise<number[]> {
  // Deliveries of one moment settle at one moment.
  const ids = Array.from({ length: count }, (_, n) => account.create({ name: `Of many ${n}`, note: text(n) }));
  await until("all are written back", () => ids.every((id) => account.segment(id).length > 0), 25_000);
  await account.quiet();
  return ids;
}

test("120 leads cost a few calls together, not a few each", async () => {
  account.control.ledger.reset();
  const ids = await decide(120, () => texts.hot);
  const { routes, total } = account.control.ledger.summary({ account: account.id }).requests;
  expect(new Set(ids.map((id) => account.segment(id).join())).size).toBe(1);
  expect(routes[PATCH]?.requests).toBeLessThanOrEqual(Math.ceil(120 / 50) + 3);
  expect(total.requests).toBeLessThanOrEqual(24);
  expect(total.byStatus).not.toHaveProperty("429");
  // What follows is put down by hand; the echo of it would have the verdict repair it.
  await account.set({ dryRun: true });
});

/** The batch by itself: rows that are due at one moment. */
async function put(ids: number[], body: (n: number) => object) {
  await account.look(
    `WITH l AS (UPDATE lead SET write_seq = write_seq + 1 WHERE lead_id = ANY($2) RETURNING lead_id, write_seq)
     INSERT INTO write (account_id, lead_id, seq, target, origin, body)
     SELECT $1, l.lead_id, l.write_seq, 'lead', 'qualification', w.body
       FROM l JOIN unnest($2::bigint[], $3::jsonb[]) AS w (lead_id, body) USING (lead_id)`,
    [account.id, ids, ids.map((_, n) => JSON.stringify(body(n)))],
  );
  account.ring();
}

const leadIds = () => account.control.leads.read({ account: account.id }).map((lead) => lead.id);

test("120 decided leads are read in one call and written in three", async () => {
  const ids = leadIds().slice(0, 120);
  account.control.ledger.reset();
  await put(ids, (n) => ({ fields: { summary: `Summary ${n}` } }));
  await until("all are written", () =>
    ids.every((id, n) => account.lead(id).fields.DEALSCOPE_SUMMARY === `Summary ${n}`),
  );
  // Others may look around at the same time: the scan asks by time, and who reads a lead asks where it came from.
  const reads = account.control.ledger
    .entries({ account: account.id })
    .map(({ path, query }) => `${path} ${JSON.stringify(query)}`)
    .filter((read) => read.startsWith('/api/v4/leads {"with":"contacts","filter":{"id"'));
  expect([reads.length, account.calls(PATCH)]).toEqual([1, 3]);
  await account.quiet();
});

describe.each(["refuses-batch", "refuses-item"] as const)("one bad item in fifty, when Kommo %s", (badItem) => {
  test("three users who have left: the other 47 are written, and the rest of the three", async () => {
    account.control.switches.set({ badItem });
    const ids = leadIds().slice(0, 50);
    const isBad = (n: number) => n % 20 === 7;
    await put(ids, (n) => ({ fields: { summary: `${badItem} ${n}` }, ...(isBad(n) ? { responsibleUserId: 1 } : {}) }));
    await until("all are written", () =>
      ids.every((id, n) => account.lead(id).fields.DEALSCOPE_SUMMARY === `${badItem} ${n}`),
    );
    await account.quiet();
    const rows = await account.look<{ outcome: string; rows: number }>(
      `SELECT outcome, count(*)::int AS rows FROM write WHERE state = 'sent' AND body->'fields'->>'summary' LIKE $1
        GROUP BY 1 ORDER BY 1`,
      [`${badItem} %`],
    );
    expect(rows).toEqual([
      { outcome: "sent", rows: 47 },
      { outcome: "sent, refused: responsible_user_id", rows: 3 },
    ]);
  });

  test("an item of which nothing is left is tried three times and then given up", async () => {
    const ids = leadIds().slice(0, 50);
    await put(ids, (n) => (n === 9 ? { responsibleUserId: 1 } : { fields: { summary: `${badItem} and ${n}` } }));
    const state = async () =>
      (
        await account.look<{ state: string; attempts: number; outcome: string }>(
          "SELECT state, attempts, outcome FROM write WHERE lead_id = $1 ORDER BY seq DESC LIMIT 1",
          [ids[9]],
        )
      )[0]!;
    for (const attempts of [1, 2]) {
      await until("it has failed", async () => (await state()).attempts === attempts);
      await account.hurry("write");
    }
    await until("it is given up", async () => (await state()).state === "dead");
    expect((await state()).outcome).toContain("responsible_user_id");
    await until("the others are written", () =>
      ids.every((id, n) => n === 9 || account.lead(id).fields.DEALSCOPE_SUMMARY === `${badItem} and ${n}`),
    );
    await account.quiet();
  });
});

test("without names the batch is halved until the bad item is alone", async () => {
  const ids = leadIds().slice(0, 8);
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/leads" },
    times: 2,
    effect: { kind: "answer", status: 400, body: { title: "Bad Request", status: 400 } },
  });
  const patches = account.calls(PATCH);
  await put(ids, (n) => ({ fields: { summary: `Halved ${n}` } }));
  await until("all are written", () =>
    ids.every((id, n) => account.lead(id).fields.DEALSCOPE_SUMMARY === `Halved ${n}`),
  );
  // 8 and 4 are refused; 2, 2 and 4 go.
  expect(account.calls(PATCH) - patches).toBe(5);
  await account.quiet();
});

test("a batch that Kommo could not finish in time is sent again in halves", async () => {
  const ids = leadIds().slice(0, 8);
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/leads" },
    times: 1,
    effect: { kind: "answer", status: 504, html: "<h1>504</h1>" },
  });
  const patches = account.calls(PATCH);
  await put(ids, (n) => ({ fields: { summary: `In time ${n}` } }));
  await until("all are written", () =>
    ids.every((id, n) => account.lead(id).fields.DEALSCOPE_SUMMARY === `In time ${n}`),
  );
  expect(account.calls(PATCH) - patches).toBe(3);
});

test.each([403, 404])("a batch answered with %i is halved until what it is about is alone", async (status) => {
  const ids = leadIds().slice(0, 8);
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/leads" },
    times: 4,
    effect: { kind: "answer", status, body: { title: "No", status } },
  });
  await put(ids, (n) => ({ fields: { summary: `Not all: ${status} ${n}` } }));
  const others = () => ids.filter((id, n) => account.lead(id).fields.DEALSCOPE_SUMMARY === `Not all: ${status} ${n}`);
  await until("the others are written", () => others().length === 7);
  const alone = async () =>
    (
      await account.look<{ lead_id: string; attempts: number; state: string }>(
        "SELECT lead_id, attempts, state FROM write WHERE body->'fields'->>'summary' LIKE $1 AND attempts > 0",
        [`Not all: ${status} %`],
      )
    ).map(({ attempts, state }) => ({ attempts, state }));
  await until("one has failed alone", async () => (await alone()).length === 1);
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/leads" },
    times: 2,
    effect: { kind: "answer", status, body: { title: "No", status } },
  });
  for (const attempts of [2, 3]) {
    await account.hurry("write");
    await until("it has failed again", async () => {
      const [row] = await alone();
      return row?.attempts === attempts || row?.state === "dead";
    });
  }
  expect(await alone()).toMatchObject([{ state: "dead" }]);
  await account.quiet();
});

test("an account that is not paid for waits as a whole: nothing is halved and no attempt is counted", async () => {
  const ids = leadIds().slice(0, 8);
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/leads" },
    times: 1,
    effect: { kind: "answer", status: 402, body: { title: "Payment Required", status: 402 } },
  });
  const patches = account.calls(PATCH);
  await put(ids, (n) => ({ fields: { summary: `Paid ${n}` } }));
  await until("all wait", async () => {
    const rows = await account.look<{ waits: number; attempts: number }>(
      "SELECT waits, attempts FROM write WHERE body->'fields'->>'summary' LIKE 'Paid %'",
    );
    return rows.length === 8 && rows.every((row) => row.waits === 1 && row.attempts === 0);
  });
  await account.hurry("write");
  await until("all are written", () => ids.every((id, n) => account.lead(id).fields.DEALSCOPE_SUMMARY === `Paid ${n}`));
  expect(account.calls(PATCH) - patches).toBe(2);
  await account.quiet();
});
