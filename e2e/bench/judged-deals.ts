import type { Stage } from "../stage/stage.ts";
import type { Shot } from "./load.ts";

const USERS = 40;
const FIRST = 80_000_000;

/** Judged deals, and reps who look at their cards. */
export interface Cards {
  shotOf(n: number): Shot;
  /** A session lasts fifteen minutes. */
  signInAgain(): Promise<void>;
}

/** Fills the account with judged deals. */
export async function cardsOf(stage: Stage, account: number, leads: number): Promise<Cards> {
  await fill(stage, account, leads);
  const reps = await addReps(stage, account);
  const origin = stage.servers[0]!.url;
  let tokens: string[] = [];
  const signInAgain = async () => {
    tokens = await sessions(stage, account, reps);
  };
  await signInAgain();
  return {
    signInAgain,
    shotOf: (n) => ({
      url: `${origin}/api/leads/${FIRST + ((n * 7_919) % leads)}/card`,
      headers: { authorization: `Bearer ${tokens[n % reps.length]}` },
    }),
  };
}

/** One lead is judged as any, and copied. */
async function fill(stage: Stage, account: number, leads: number) {
  const lead = { account, name: "Inquiry", note: "We need it in March and the budget is approved." };
  const { id } = await stage.control<{ id: number }>("leads/create", lead);
  const judged = async () =>
    (await stage.sql("SELECT 1 FROM write WHERE lead_id = $1 AND state = 'sent'", [id])).length > 0;
  await stage.until("the lead is judged", judged);
  await stage.sql(
    `INSERT INTO verdict OVERRIDING SYSTEM VALUE
     SELECT (jsonb_populate_record(v, jsonb_build_object('id', $2 + n, 'lead_id', $2 + n))).*
       FROM verdict v, generate_series(0, $3 - 1) n WHERE v.lead_id = $1`,
    [id, FIRST, leads],
  );
  await stage.sql(
    `INSERT INTO lead
     SELECT (jsonb_populate_record(l, jsonb_build_object('lead_id', $2 + n, 'name', 'Inquiry ' || n, 'verdict_id', $2 + n,
              'score', n % 101, 'segment', (ARRAY['hot', 'warm', 'cold', 'spam'])[1 + n % 4]))).*
       FROM lead l, generate_series(0, $3 - 1) n WHERE l.lead_id = $1`,
    [id, FIRST, leads],
  );
  await committees(stage, account, leads);
  await stage.sql("ANALYZE");
}

/** Three people in each deal, with what is said of them and by them. */
async function committees(stage: Stage, account: number, leads: number) {
  const people = [account, FIRST, leads * 3];
  const each = "FROM generate_series(0, $3 - 1) n";
  await stage.sql(
    `INSERT INTO contact (account_id, contact_id, name) SELECT $1::bigint, $2::bigint + n, 'Contact ' || n ${each}`,
    people,
  );
  await stage.sql(
    `INSERT INTO lead_contact (account_id, lead_id, contact_id, is_main)
     SELECT $1::bigint, $2::bigint + n / 3, $2::bigint + n, n % 3 = 0 ${each}`,
    people,
  );
  await stage.sql(
    `INSERT INTO stakeholder (account_id, lead_id, contact_id, role, changed_by)
     SELECT $1::bigint, $2::bigint + n / 3, $2::bigint + n, (ARRAY['decision_maker', 'lawyer', 'user'])[1 + n % 3], 'Robin' ${each}`,
    people,
  );
  await stage.sql(
    `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, by_name)
     SELECT $1::bigint, $2::bigint + n / 3, $2::bigint + n, 'linked', 'Kommo' ${each}`,
    people,
  );
  await stage.sql(
    `INSERT INTO message (account_id, message_id, lead_id, contact_id, direction, text, author, origin, at)
     SELECT $1::bigint, 'bench ' || n, $2::bigint + n / 3, $2::bigint + n, 'incoming', 'Hello', '', 'waba', app_now() ${each}`,
    people,
  );
  await stage.sql(
    `INSERT INTO objection (account_id, lead_id, contact_id, text, state, changed_by)
     SELECT $1::bigint, $2::bigint + n / 3, $2::bigint + n, 'No budget', 'open', 'Robin' ${each}`,
    people,
  );
}

async function addReps(stage: Stage, account: number): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < USERS; i++) {
    ids.push((await stage.control<{ id: number }>("accounts/add-user", { account, name: `Rep ${i}` })).id);
  }
  return ids;
}

async function sessions(stage: Stage, account: number, reps: readonly number[]): Promise<string[]> {
  const tokens: string[] = [];
  for (const user_id of reps) {
    const { token } = await stage.control<{ token: string }>("oauth/one-time-token", { account, user_id });
    const answer = await fetch(`${stage.servers[0]!.url}/api/session`, {
      method: "POST",
      headers: { "x-auth-token": token },
    });
    if (!answer.ok) throw new Error(`A session was answered with ${answer.status}: ${await answer.text()}`);
    tokens.push(((await answer.json()) as { token: string }).token);
  }
  return tokens;
}
