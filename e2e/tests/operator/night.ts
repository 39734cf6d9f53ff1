import pg from "pg";

/** What one account's rows are made of; times are in minutes before now. */
interface Shop {
  id: number;
  name: string;
  status?: "active" | "needs_reconnect" | "uninstalled";
  reason?: string;
  sinceMinutes?: number;
  heardMinutes?: number;
  provisioned?: object;
  settings?: object;
  rows?: string[];
}

const GIVEN_UP =
  "(account_id, kind, subject, state, priority, due_at, attempts, last_error) SELECT $1, 'qualify', n, 'dead', 2, now() - n * interval '7 minutes', 3,";
const DONE = { completedAt: "2026-01-01T00:00:00Z", webhook: { state: "subscribed", why: null } };
const long = {
  "Long Names": "Compañía Internacional de Suministros Industriales y Mantenimiento del Noroeste, S. A. de C. V.",
};

/** A bad night: one account of each trouble, and some that are well. Nobody works for those that wait. */
const SHOPS: Shop[] = [
  {
    ...{ id: 501, name: "Nordwind GmbH", status: "needs_reconnect", sinceMinutes: 192, heardMinutes: 4 },
    reason: "Kommo refused the refresh token: the integration was switched off and on again.",
    rows: [
      "INSERT INTO work (account_id, kind, subject, priority, due_at) SELECT $1, 'qualify', n, 2, now() - n * interval '9 minutes' FROM generate_series(1, 21) n",
    ],
  },
  {
    ...{ id: 502, name: "Acme Tools", heardMinutes: 2, settings: { monthlyCapDollars: 50 } },
    rows: [
      "INSERT INTO work (account_id, kind, subject, priority, due_at, waits, waits_on, last_error) SELECT $1, 'qualify', n, 2, now() + interval '40 minutes', 5, 'quota', 'The credit at the provider is used up.' FROM generate_series(1, 37) n",
      "INSERT INTO spend VALUES ($1, date_trunc('month', now() AT TIME ZONE 'UTC'), 0, 31420000, 52800)",
    ],
  },
  {
    ...{ id: 503, name: long["Long Names"], heardMinutes: 1 },
    rows: [
      `INSERT INTO work ${GIVEN_UP} 'column "segment_rank" of relation "verdict" does not exist' FROM generate_series(1, 14) n`,
      `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, outcome, ended_at) VALUES
         ($1, 88001, 1, 'lead', 'qualification', '{}', 'dead', 'Kommo refused: custom_fields_values.0.values.0.enum_id is no option of the field.', now() - interval '25 minutes'),
         ($1, 88002, 1, 'note', 'rep', '{}', 'dead', 'erased', now() - interval '2 days')`,
      "INSERT INTO delivery (account_id, source, content_type, body, state, flag) VALUES ($1, 'kommo', '', '', 'dead', 'cut')",
    ],
  },
  {
    ...{ id: 504, name: "Casa Azul", heardMinutes: 3 },
    rows: [
      `INSERT INTO work ${GIVEN_UP} 'column "segment_rank" of relation "verdict" does not exist' FROM generate_series(1, 5) n`,
      "INSERT INTO spend VALUES ($1, date_trunc('month', now() AT TIME ZONE 'UTC'), 0, 2150000, 3600)",
    ],
  },
  {
    ...{ id: 505, name: "Kumru Tekstil", heardMinutes: 5, settings: { monthlyCapDollars: 20 } },
    rows: ["INSERT INTO spend VALUES ($1, date_trunc('month', now() AT TIME ZONE 'UTC'), 0, 18730000, 31000)"],
  },
  {
    ...{ id: 506, name: "Basic Plan Ltd" },
    provisioned: { ...DONE, webhook: { state: "unavailable", why: "the plan of the account has none" } },
  },
  {
    id: 507,
    name: "Left Behind",
    status: "uninstalled",
    sinceMinutes: 4_400,
    reason: "Kommo says the integration was removed.",
  },
  { id: 508, name: "Rumah Hijau", heardMinutes: 6 },
  { id: 509, name: "Sol e Mar", heardMinutes: 11 },
];

/** Puts them into the database, each by a transaction of its own account, as the server does. */
export async function aBadNight(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const shop of SHOPS) await put(client, shop);
  await client.end();
}

async function put(client: pg.Client, shop: Shop) {
  const { id, name, status = "active", reason = null, sinceMinutes = 43_200, heardMinutes = null } = shop;
  await client.query(`BEGIN; SELECT set_config('app.account_id', '${id}', true)`);
  await client.query(
    `INSERT INTO account (account_id, name, host, path_key_hash, path_key_sealed, status, status_reason, status_since, connected_at,
                          last_heard_at, erase_at, provisioned, settings, upkept_at)
     VALUES ($1::bigint, $2, 'shop' || $1::bigint || '.kommo.com', sha256($1::bigint::text::bytea), '', $3::text, $4, now() - $5 * interval '1 minute',
             now() - interval '30 days', now() - $6::int * interval '1 minute',
             CASE $3::text WHEN 'uninstalled' THEN now() + interval '27 days' END, $7, $8, now())`,
    [id, name, status, reason, sinceMinutes, heardMinutes, shop.provisioned ?? DONE, shop.settings ?? {}],
  );
  await client.query(
    "INSERT INTO scan (account_id, kind, cursor_at, ran_at, healed) VALUES ($1, 'leads', now(), now() - interval '2 minutes', 12)",
    [id],
  );
  await client.query(
    "INSERT INTO audit (account_id, actor, action, subject) VALUES ($1::bigint, 'administrator', 'connected', 'shop' || $1::bigint || '.kommo.com'), ($1, 'Kim Vale', 'settings changed', '')",
    [id],
  );
  for (const statement of shop.rows ?? []) await client.query(statement, [id]);
  await client.query("COMMIT");
}
