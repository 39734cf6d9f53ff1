import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { nextDeliveries } from "../src/webhooks/next-deliveries.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

const ACCOUNT = 79;

let database: TestDatabase;
let tenancy: Tenancy;
beforeAll(async () => {
  database = await createDatabase();
  tenancy = new Tenancy(database.dataSource);
});
beforeEach(() => database.look("DELETE FROM delivery"));
afterAll(() => database?.drop());

const told = (source: string, times = 1) =>
  database.look(
    "INSERT INTO delivery (account_id, source, content_type, body) SELECT $1, $2, '', n FROM generate_series(1, $3) n",
    [ACCOUNT, source, times],
  );
const next = (atMost: number) => tenancy.run(ACCOUNT, (tx) => nextDeliveries(tx, atMost));

test("what Kommo tells goes before mails, however many were told of first", async () => {
  await told("customerio", 5_000);
  await told("kommo");
  await told("kommo-dp");
  expect((await next(200)).map(({ source }) => source)).toEqual(["kommo", "kommo-dp"]);
});

test("mails come in their order once Kommo has nothing to say", async () => {
  await told("customerio", 3);
  expect((await next(2)).map(({ body }) => body)).toEqual(["1", "2"]);
});
