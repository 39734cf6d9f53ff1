import { ConnectionAnswer } from "@dealscope/shared/customerio";
import type { EngagementSettings } from "@dealscope/shared/engagement";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PinoLogger } from "../src/logging.ts";
import { texts } from "./account.ts";
import { about, Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Form } from "./intake-kit.ts";
import { until } from "./world.ts";

const lines: { trace?: string; msg: string; account?: number; lead?: number }[] = [];

let world: EngagementWorld;
let account: Mailed;
beforeAll(async () => {
  world = await startEngagementWorld();
  world.server.app.useLogger(new PinoLogger("info", { write: (line) => void lines.push(JSON.parse(line)) }));
  // The scan leaves the last seconds to the webhooks, so what happens here happened a minute ago.
  world.kommo.control.clock.advance({ seconds: -60 });
  account = await Mailed.open(world);
  await account.set({ engagement: { isOn: true } as EngagementSettings });
  await account.quiet("provision");
});
afterAll(async () => {
  await world?.stop();
});

const said = (trace: string | undefined) => lines.filter((line) => line.trace === trace).map(({ msg }) => msg);
const tracesIn = async (table: string, where: string) =>
  (await account.look<{ trace_id: string }>(`SELECT trace_id FROM ${table} WHERE ${where} ORDER BY id`)).map(
    ({ trace_id }) => trace_id,
  );
/** Of what was first written about a lead. */
async function traceOfWrites(leadId: number, where = "true"): Promise<string> {
  const [first] = await tracesIn("write", `lead_id = ${leadId} AND ${where}`);
  return first!;
}

async function scan() {
  const ran = () => account.look("SELECT ran_at FROM scan WHERE kind = 'events'");
  const before = JSON.stringify(await ran());
  await account.ask("scan", account.id, {}, 4);
  await until("the scan has run", async () => JSON.stringify(await ran()) !== before);
}

test("a webhook, the work it brings and what is written into Kommo and Customer.io have one id, in the rows and in the log", async () => {
  const id = account.create({ name: "Roof", note: texts.hot, contact: { name: "Ana Ruiz", email: "ana@x.test" } });
  await account.written(id);
  await account.quiet();
  const trace = await traceOfWrites(id);
  expect(await tracesIn("delivery", `trace_id = '${trace}'`)).toHaveLength(1);
  const told = await tracesIn("customerio_write", `lead_id = ${id}`);
  expect(await tracesIn("delivery", "true")).toEqual(expect.arrayContaining(told));
  await until("Customer.io is told", () =>
    said(told[0]).some((line) => line.startsWith("What Customer.io is told by")),
  );
  expect(said(trace)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(new RegExp(`^Delivery \\d+ is done: .*${id}`)),
      `Work qualify ${id} of account ${account.id} is done.`,
      expect.stringMatching(new RegExp(`^Write \\d+ of lead ${id} \\(lead\\) ended: sent\\.$`)),
    ]),
  );
  expect(lines.find(({ msg }) => msg.startsWith("Write"))).toMatchObject({ account: account.id, lead: id });
});

test("webhooks that are unpacked together are told apart", async () => {
  account.control.hooks.weather({ dropRate: 1 });
  const ids = [1, 2, 3].map((n) => account.create({ name: `Inquiry ${n}`, note: texts.cold }));
  const added = ids.map((id) => `account[id]=${account.id}&leads[add][0][id]=${id}`);
  const updated = `account[id]=${account.id}&leads[update][0][id]=${ids[0]}`;
  await account.look(
    "INSERT INTO delivery (account_id, source, content_type, body) SELECT $1, 'kommo', '', unnest($2::text[])",
    [account.id, [...added, updated]],
  );
  account.ring();
  await until("they are written back", async () => {
    const sent = await account.look("SELECT DISTINCT lead_id FROM write WHERE lead_id = ANY($1) AND state = 'sent'", [
      ids,
    ]);
    return sent.length === ids.length;
  });
  account.control.hooks.weather({ dropRate: 0 });
  for (const id of ids) {
    const [own] = await tracesIn("delivery", `body LIKE '%[add][0][id]=${id}' AND content_type = ''`);
    expect(await traceOfWrites(id)).toBe(own);
  }
  // What was said of the same lead later is found from its own webhook as well.
  const [later] = await tracesIn("delivery", "body LIKE '%[update][0]%' AND content_type = ''");
  const goesOn = `It goes on as ${await traceOfWrites(ids[0]!)}.`;
  expect(said(later)).toEqual([expect.stringContaining(goesOn)]);
});

test("what a rep asks for at the card is found by the id in the answer", async () => {
  const id = account.create({ name: "Asked", note: texts.hot });
  await account.written(id);
  await account.quiet();
  const answer = await account.engaged.admin.ask(`/api/leads/${id}/requalify`, { method: "POST" });
  const trace = answer.headers.get("x-request-id")!;
  await until("it is judged again", () => said(trace).includes(`Work qualify ${id} of account ${account.id} is done.`));
});

test("a deal that a form makes is found by the id in the answer", async () => {
  const form = await Form.on(world, account);
  const answer = await form.post({ contacts: [{ name: "Bo Berg", email: "bo@y.test" }], message: texts.hot });
  expect(answer.status).toBe(202);
  const trace = answer.headers.get("x-request-id")!;
  await until("the deal is made", () => said(trace).some((line) => line.startsWith("Work intake ")));
});

test("a change that only a scan finds has an id of that scan, and the next scan another", async () => {
  await scan();
  account.control.hooks.weather({ dropRate: 1 });
  const id = account.create({ name: "Unheard", note: texts.hot });
  await scan();
  await account.written(id);
  account.control.hooks.weather({ dropRate: 0 });
  const trace = await traceOfWrites(id);
  expect(said(trace)).toContainEqual(expect.stringContaining("the scan found"));
  const scans = lines.filter(({ msg }) => msg.includes("the scan found")).map((line) => line.trace);
  expect(new Set(scans).size).toBe(scans.length);
});

test("what somebody does with a mail leads from Customer.io's webhook to the note in Kommo", async () => {
  const { connection } = await account.engaged.admin.get(ConnectionAnswer, "/api/engagement/connection");
  expect(connection).not.toBeNull();
  await account.want();
  const id = await account.deal("cleo@x.test");
  for (const _ of [1, 2]) expect(await account.post(about("nobody@x.test", "opened"))).toBe(204);
  expect(await account.post(about("cleo@x.test", "clicked", { href: "https://x.test/offer" }))).toBe(204);
  await account.settled();
  await until("the note is there", () => account.notes(id).length > 0);
  const trace = await traceOfWrites(id, "target = 'note' AND origin = 'engagement'");
  expect(await tracesIn("delivery", `trace_id = '${trace}' AND source = 'customerio'`)).toHaveLength(1);
});
