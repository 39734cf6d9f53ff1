import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Tenancy, type Tx } from "../src/database/tenancy.ts";
import type { Lane } from "../src/queue/lane.ts";
import type { NewWrite } from "../src/write-back/write-row.ts";
import { claimOnes, claimThings, due, put } from "../src/write-back/write-rows.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

const ACCOUNT = 78;

let database: TestDatabase;
let tenancy: Tenancy;
beforeAll(async () => {
  database = await createDatabase();
  tenancy = new Tenancy(database.dataSource);
});
beforeEach(() => database.look("DELETE FROM write"));
afterAll(() => database?.drop());

const run = <T>(use: (tx: Tx) => Promise<T>) => tenancy.run(ACCOUNT, use);
const write = (leadId: number, origin: NewWrite["origin"]) =>
  run((tx) => put(tx, ACCOUNT, { leadId, target: "lead", origin, body: { stage: { pipelineId: 1, statusId: 2 } } }));
const claimLeads = (lane: Lane, atMost = 250) =>
  run((tx) => claimThings(tx, ACCOUNT, randomUUID(), { targets: ["lead"], atMost, lane }));
const waiting = async (lane: Lane) => (await run((tx) => due(tx)))[lane].targets.get("lead") ?? 0;

/** More than is looked at when it is asked what waits. */
const backlog = () =>
  database.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body)
     SELECT $1, n, 1, 'lead', 'qualification', '{}' FROM generate_series(1000, 3000) n`,
    [ACCOUNT],
  );

test("what is urgent is seen behind however much that is due before it", async () => {
  await backlog();
  await write(7, "gate");
  expect(await waiting("urgent")).toBe(1);
  expect((await claimLeads("urgent")).map(({ leadId }) => leadId)).toEqual([7]);
  expect(await waiting("urgent")).toBe(0);
});

test("what is not urgent about a lead goes with what is, in its order, and not before it", async () => {
  await write(7, "qualification");
  await write(7, "rep");
  await write(8, "qualification");
  expect([await waiting("urgent"), await waiting("ordinary")]).toEqual([1, 1]);
  expect((await claimLeads("ordinary")).map(({ leadId }) => leadId)).toEqual([8]);
  const rows = await claimLeads("urgent");
  expect(rows.map(({ leadId, origin }) => [leadId, origin]).sort()).toEqual([
    [7, "qualification"],
    [7, "rep"],
  ]);
});

test("notes and tasks have their lane each by itself", async () => {
  const note = (origin: NewWrite["origin"]) =>
    run((tx) =>
      put(tx, ACCOUNT, { leadId: 9, target: "note", origin, body: { text: "Held" }, marker: `${origin}-note` }),
    );
  await note("qualification");
  await note("gate");
  const claim = (lane: Lane) => run((tx) => claimOnes(tx, randomUUID(), { targets: ["note"], atMost: 1, lane }));
  expect((await claim("urgent")).map(({ origin }) => origin)).toEqual(["gate"]);
  expect((await claim("urgent")).length).toBe(0);
  expect((await claim("ordinary")).map(({ origin }) => origin)).toEqual(["qualification"]);
});
