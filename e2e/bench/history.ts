import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import pg from "pg";
import { Ids } from "../sandbox/kommo/state/ids.ts";
import type { Stores } from "../stage/stage.ts";
import { updateBody } from "./load.ts";

export interface HistorySize {
  deliveries: number;
  leads: number;
}

export interface History {
  /** Stores whose stages begin with a copy of it. */
  stores: Stores;
  seconds: number;
  mb: number;
  /** Drops what was copied from it; every stage must be closed. */
  dropCopies(): Promise<void>;
  drop(): Promise<void>;
}

const ACCOUNTS = 50;
/** The accounts that the stand-in for Kommo makes first are those that are measured: they have a history too. */
const FIRST_ACCOUNT = new Ids().next("account");
const FIRST_LEAD = 1_000_000_000;
const migrateMain = new URL("../../server/dist/migrate.js", import.meta.url).pathname;

/**
 * What years of work leave in the tables, in a database that others are copied from. Rows that have ids of ours have them
 * below zero, so that a measure tells its own from them.
 */
export async function makeHistory(stores: Stores, size: HistorySize): Promise<History> {
  const started = performance.now();
  const database = `history_${randomBytes(4).toString("hex")}`;
  const owner = new pg.Client({ connectionString: stores.ownerUrl });
  await owner.connect();
  await owner.query(`CREATE DATABASE ${database}`);
  const at = (url: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
  await migrate(at(stores.appUrl), at(stores.ownerUrl), stores.redisUrl);
  // Two at once: building what is asked for and writing it down keeps more than one core busy.
  await Promise.all([
    inDatabase(at(stores.ownerUrl), [pastsThatAreRead, ...leads(size.leads)]),
    inDatabase(at(stores.ownerUrl), deliveries(size.deliveries, size.leads)),
  ]);
  await inDatabase(at(stores.ownerUrl), ["VACUUM ANALYZE"]);
  const { rows } = await owner.query("SELECT pg_database_size($1) / 1000000 AS mb", [database]);
  const dropCopies = async () => {
    const copies = await owner.query("SELECT datname FROM pg_database WHERE datname LIKE 'stage%'");
    for (const { datname } of copies.rows) await owner.query(`DROP DATABASE ${datname} WITH (FORCE)`);
  };
  return {
    // Copied as files: by way of the log a measure would begin with writing all of it down.
    stores: { ...stores, template: `${database} STRATEGY file_copy` },
    seconds: Number(((performance.now() - started) / 1000).toFixed(1)),
    mb: Number(rows[0].mb),
    dropCopies,
    async drop() {
      await dropCopies();
      await owner.query(`DROP DATABASE ${database}`);
      await owner.end();
    },
  };
}

async function migrate(appUrl: string, ownerUrl: string, redisUrl: string) {
  await promisify(execFile)(process.execPath, [migrateMain], {
    env: {
      ...{ PATH: process.env.PATH ?? "", PUBLIC_URL: "http://127.0.0.1:3000", REDIS_URL: redisUrl },
      ...{ DATABASE_URL: appUrl, MIGRATION_DATABASE_URL: ownerUrl },
      SECRET_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    },
  });
}

async function inDatabase(url: string, statements: readonly string[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET synchronous_commit = off");
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An account's past is read once, when it is connected, which was years ago. */
const pastsThatAreRead = `
  INSERT INTO past (account_id, reading, cursor_at, until_at, ended_at)
  SELECT ${FIRST_ACCOUNT} + n, 'nothing', made, made, made
    FROM generate_series(0, ${ACCOUNTS} - 1) n, (SELECT now() - interval '700 days' AS made) m`;

/** Some accounts are large and most are small; those that are measured stand in the middle. */
const accountOf = (lead: string) =>
  `${FIRST_ACCOUNT} + (floor(${ACCOUNTS} * power(${share(lead)}, 2))::int + ${ACCOUNTS / 2}) % ${ACCOUNTS}`;

/** The same number between 0 and 1 for the same lead, evenly spread. */
const share = (n: string) => `(${n} * 0.61803398875::float8 - floor(${n} * 0.61803398875::float8))`;

/** Two years of leads, most of them closed, each with a contact, a message, a verdict, what it cost, and what was written. */
function leads(count: number): string[] {
  const each = `FROM (SELECT n, ${accountOf("n")} AS account, ${FIRST_LEAD} + n AS lead,
                             now() - (${count} - n) * interval '700 days' / ${count} AS made,
                             CASE WHEN n % 10 = 0 THEN 'hot' WHEN n % 10 < 4 THEN 'warm' WHEN n % 10 < 8 THEN 'cold' ELSE 'spam' END AS segment
                        FROM generate_series(1, ${count}) n) h`;
  return [
    `INSERT INTO lead (account_id, lead_id, name, price, pipeline_id, status_id, responsible_user_id, group_id, kommo_created_at,
                       kommo_updated_at, closed_at, write_seq, verdict_id, segment, score, seen_at)
     SELECT account, lead, 'Inquiry ' || n, (n * 37) % 90000, 1, CASE WHEN n % 10 < 7 THEN 142 + n % 2 ELSE 1000 + n % 5 END,
            500 + n % 40, n % 5, made, made + interval '3 days', CASE WHEN n % 10 < 7 THEN made + interval '30 days' END,
            1, -n, segment, n % 101, made ${each}`,
    `INSERT INTO verdict (id, account_id, lead_id, status, segment, score, summary, next_action, detail, input_hash, prompt_number,
                          model, asked_by, cost_micros, latency_ms, decided_at) OVERRIDING SYSTEM VALUE
     SELECT -n, account, lead, 'qualified', segment, n % 101, ${words(4)}, ${words(2)}, jsonb_build_object('criteria', ${words(12)}),
            md5(lead::text), 1, 'gpt-6-luna', 'webhook', 400, 800, made ${each}`,
    `INSERT INTO model_call (id, account_id, lead_id, prompt_number, model, outcome, cost_micros, latency_ms, at) OVERRIDING SYSTEM VALUE
     SELECT -n, account, lead, 1, 'gpt-6-luna', 'answered', 400, 800, made ${each}`,
    `INSERT INTO write (id, account_id, lead_id, seq, target, origin, body, state, due_at, made_at, ended_at) OVERRIDING SYSTEM VALUE
     SELECT -n, account, lead, 1, 'lead', 'qualification', jsonb_build_object('fields', jsonb_build_object('summary', ${words(4)})),
            CASE WHEN n % 200 = 0 THEN 'superseded' WHEN n % 1000 = 1 THEN 'dead' ELSE 'sent' END, ended, ended, ended
       ${each} CROSS JOIN LATERAL (SELECT now() - (${count} - n) * interval '29 days' / ${count} AS ended) e`,
    `INSERT INTO contact (account_id, contact_id, name, title) SELECT account, lead, 'Ana Reyes ' || n, 'Head of sales' ${each}`,
    `INSERT INTO contact_address (account_id, address, contact_id) SELECT account, 'ana' || n || '@client.example', lead ${each}`,
    `INSERT INTO lead_contact (account_id, lead_id, contact_id, is_main) SELECT account, lead, lead, true ${each}`,
    `INSERT INTO message (account_id, message_id, lead_id, contact_id, direction, text, author, origin, at)
     SELECT account, 'history ' || n, lead, lead, 'incoming', ${words(3)}, 'Ana Reyes ' || n, 'waba', made ${each}`,
    `INSERT INTO work (id, account_id, kind, subject, state, priority, due_at, attempts, last_error) OVERRIDING SYSTEM VALUE
     SELECT -n, account, 'qualify', lead, 'dead', 2, made, 5, 'The lead cannot be read.' ${each} WHERE n % 1000 = 0`,
  ];
}

/** A sentence so many times. */
const words = (times: number) =>
  `repeat('We need it in March for twelve people and the budget is approved. ', ${times})`;

/** The webhooks of the last 29 days, as long as Kommo's: every tenth was a repetition, few could not be read. */
function deliveries(count: number, ofLeads: number): string[] {
  const [account, lead] = [1_111_111_111, 2_222_222_222];
  const body = pg.escapeLiteral(updateBody(account, lead, 1));
  return [
    `INSERT INTO delivery (id, account_id, source, content_type, body, state, dedupe_key, received_at, unpacked_at) OVERRIDING SYSTEM VALUE
     SELECT n - ${count}, account, 'kommo', 'application/x-www-form-urlencoded',
            replace(replace(${body}, '${account}', account::text), '${lead}', (${FIRST_LEAD} + lead)::text),
            CASE WHEN n % 10 = 0 THEN 'duplicate' WHEN n % 2000 = 1 THEN 'dead' WHEN n % 5000 = 3 THEN 'quarantined' ELSE 'done' END,
            sha256(n::text::bytea), received, received + interval '50 ms'
       FROM (SELECT n, lead, ${accountOf("lead")} AS account,
                    now() - (${count} - n + 1) * interval '29 days' / ${count} AS received
               FROM generate_series(1, ${count}) n CROSS JOIN LATERAL (SELECT 1 + (n * 7919::bigint) % ${ofLeads} AS lead) l) h`,
  ];
}
