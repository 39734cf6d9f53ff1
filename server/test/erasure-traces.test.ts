import { afterAll, beforeAll, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { PersonErasure } from "../src/operations/person-erasure.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

const ACCOUNT = 31;
const LEAD = 4100;
const CONTACT = 5200;
/** Numbers of all other rows, so that what refers to one another does. */
const ROW = 7;

/** Whoever it is; also an address, so that it may stand everywhere. */
const PERSON = "zq.xiomara@canary.test";

/**
 * Columns with words of ours, of users, or of nobody. Any other column that can hold words is filled with the person, so one
 * that is added later is either erased or stands here.
 */
const OURS: Record<string, string[]> = {
  audit: ["actor", "action", "subject"],
  back_test: ["segment", "status"],
  committee_span: ["roles"],
  contact_shown: ["shown", "wanted"],
  customerio_deal: ["segment"],
  customerio_write: ["event_id"],
  delivery: ["content_type", "flag"],
  dry_run_lead: ["reason"],
  engagement_event: ["event_id", "metric", "channel", "delivery_id", "source_id", "link_key", "trigger_event_id"],
  engagement_note: ["delivery_id", "marker"],
  hold_reason: ["kind", "what"],
  intake_creation: ["marker"],
  lead: ["segment", "wrote", "history_missing", "entered_segment"],
  merge_proposal: ["dismissed_by"],
  message: ["message_id", "origin"],
  objection: ["said_id", "changed_by", "topic"],
  override: ["segment", "by_name"],
  role_suggestion: ["role", "said_id", "ended_by"],
  stage_change: ["event_id"],
  stakeholder: ["role", "approval_by", "changed_by"],
  stakeholder_change: ["before", "after", "by_name"],
  stakeholder_element: ["marker"],
  verdict: ["reason", "segment", "input_hash", "model", "asked_by", "usage"],
  write: ["expect", "marker", "work_kind", "outcome"],
};

/** What has to be so for a row to be about the person, and the form of what is no plain text. */
const GIVEN: Record<string, Record<string, unknown>[]> = {
  audit: [{ subject: `lead ${LEAD}`, detail: { segment: "hot", reason: PERSON } }],
  contact: [{ gone: false }],
  customerio_person: [{ identified_by: "email", unsubscribed_by: null, address_state: null, opt_out: null }],
  customerio_write: [
    { kind: "person", state: "sent" },
    { id: 8, kind: "event", state: "due" },
  ],
  delivery: [
    { source: "kommo", state: "done", body: `leads[update][0][id]=${LEAD}&name=${PERSON}` },
    { id: 8, source: "kommo", state: "dead", body: `contacts[add][0][id]=${CONTACT}&name=${PERSON}` },
    { id: 9, source: "customerio", state: "new", body: JSON.stringify({ data: { recipient: PERSON } }) },
  ],
  intake_creation: [
    { entity: "contact", state: "refused" },
    { entity: "lead", place: 1, marker: "m1", state: "made", kommo_id: LEAD },
    { entity: "contact", request_no: 8, place: 2, marker: "m2", state: "made", kommo_id: CONTACT },
  ],
  intake_request: [
    { state: "received", about: [PERSON], contact_ids: [] },
    { no: 8, state: "done", body: null, about: [], plan: null, idempotency_key: `${PERSON} 2` },
  ],
  lead: [{ gone: null, shown: { score: 9, summary: PERSON, nextAction: PERSON } }],
  merge_proposal: [{ entity: "contact" }, { id: 8, entity: "contact", kept_id: 1 }],
  message: [{ direction: "incoming" }, { message_id: "another", direction: "outgoing", contact_id: null }],
  objection: [{ state: "open" }, { id: 8, state: "suggested", topic: "another" }],
  role_suggestion: [{ state: "taken" }, { id: 8, state: "open", role: "another" }],
  stakeholder_element: [{ shown: { name: PERSON, role: 5 }, wanted: { name: PERSON, role: 5 } }],
  verdict: [
    {
      status: "qualified",
      detail: {
        ...{ summary: PERSON, nextAction: PERSON, question: PERSON },
        criteria: [{ key: "budget", level: 3, quote: PERSON }],
      },
    },
  ],
  write: [
    { state: "sent", body: { text: PERSON, result: PERSON, name: PERSON, values: [PERSON] } },
    { id: 8, seq: 8, marker: "m3", state: "dead", body: { fields: { score: 7, summary: PERSON, nextAction: PERSON } } },
  ],
};

interface Column {
  table: string;
  name: string;
  type: string;
  check: string | null;
}

let database: TestDatabase;
let columns: Column[];
beforeAll(async () => {
  database = await createDatabase();
  columns = await database.look<Column>(
    `SELECT t.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type,
            (SELECT min(pg_get_constraintdef(c.oid)) FROM pg_constraint c
              WHERE c.conrelid = t.oid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]) AS check
       FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       JOIN pg_policies p ON p.tablename = t.relname AND p.policyname = 'tenancy'
      WHERE t.relkind = 'r' ORDER BY t.relname, a.attnum`,
  );
});
afterAll(() => database?.drop());

function valueFor({ table, name, type, check }: Column): unknown {
  const word = OURS[table]?.includes(name) ? "ours" : PERSON;
  if (name === "account_id") return ACCOUNT;
  if (name === "lead_id") return LEAD;
  if (name === "contact_id" || name === "kept_id") return CONTACT;
  if (name === "contact_ids" || name === "other_ids") return [CONTACT];
  if (check && type === "text") return /'([^']+)'/.exec(check)?.[1];
  if (type === "text") return word;
  if (type === "text[]") return [word];
  if (type === "jsonb") return JSON.stringify({ any: word });
  if (type === "bigint[]") return [ROW];
  if (type === "boolean") return false;
  if (type === "bytea") return Buffer.from(table);
  if (type === "uuid") return "00000000-0000-4000-8000-000000000007";
  if (type.startsWith("timestamp") || type === "date") return new Date("2026-06-01");
  return ROW;
}

/** Whether this column of a table about clients was filled with the person. */
function holdsWords({ table, name, type, check }: Column): boolean {
  if (!tablesAboutClients().includes(table) || OURS[table]?.includes(name)) return false;
  const given = (GIVEN[table] ?? [{}]).filter((one) => !(name in one) || JSON.stringify(one[name]).includes(PERSON));
  return given.length > 0 && ((type === "text" && !check) || type === "text[]" || type === "jsonb");
}

/** As many rows as are given for a table, or one, with every column filled. */
async function fill(table: string) {
  const own = columns.filter((column) => column.table === table);
  for (const [place, given] of (GIVEN[table] ?? [{}]).entries()) {
    const values = own.map((column) => {
      if (!(column.name in given))
        return column.type === "uuid" ? `00000000-0000-4000-8000-00000000000${place}` : valueFor(column);
      const value = given[column.name];
      return column.type === "jsonb" && value !== null ? JSON.stringify(value) : value;
    });
    await database.look(
      `INSERT INTO ${table} (${own.map(({ name }) => `"${name}"`).join(", ")}) OVERRIDING SYSTEM VALUE
       VALUES (${own.map((_, n) => `$${n + 1}`).join(", ")}) ON CONFLICT DO NOTHING`,
      values,
    );
  }
}

/** Rows in any table that name the person. */
async function traces(): Promise<string[]> {
  const tables = await database.look<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await database.look<{ row: object }>(
      `SELECT to_jsonb(t) AS row FROM ${name} t WHERE position('xiomara' IN lower(t::text)) > 0`,
    );
    for (const { row } of rows) {
      const where = Object.entries(row).filter(([, value]) => JSON.stringify(value).includes("xiomara"));
      found.push(...where.map(([column]) => `${name}.${column}`));
    }
  }
  return found.sort();
}

/** Tables with rows about a client: whatever names a deal, a contact or somebody's address. */
function tablesAboutClients(): string[] {
  const about = ["lead_id", "contact_id", "kept_id", "person_id", "request_no", "contact_ids", "identifier"];
  const named = columns.filter(({ name }) => about.includes(name)).map(({ table }) => table);
  return [...new Set([...named, "audit", "delivery"])].filter((table) => !NUMBERS.includes(table));
}

/** Of deals, but with nothing in them that a person has said or is called; see docs/data-map.md. */
const NUMBERS = ["hold", "label", "model_call"];

test("of an erased person no word is left in any table, whatever column it stood in", async () => {
  await database.look(
    `INSERT INTO account (account_id, host, path_key_hash, path_key_sealed) VALUES ($1, 'acme.kommo.com', '\\x00', 'k1:x')`,
    [ACCOUNT],
  );
  for (const table of tablesAboutClients()) await fill(table);
  const before = await traces();
  expect(before).toEqual(
    expect.arrayContaining(columns.filter(holdsWords).map(({ table, name }) => `${table}.${name}`)),
  );
  const erased = await new PersonErasure(new Tenancy(database.dataSource)).erase(ACCOUNT, CONTACT);
  expect(erased).toMatchObject({ leads: 1, messages: 2, notes: 1, verdicts: 1, deliveries: 3, waiting: 0 });
  expect(await traces()).toEqual([]);
});
