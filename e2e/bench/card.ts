import { atRate, type LoadFigures } from "./load.ts";
import { Stage, type Stores } from "./stage.ts";

const LEADS = 100_000;
const USERS = 40;
const FIRST = 80_000_000;

export interface CardFigures extends LoadFigures {
  leads: number;
  /** Calls of Kommo's API while cards were read. */
  kommoCalls: number;
}

/** 100 cards a second for some seconds, of an account with 100 000 judged leads. */
export async function measureCard(stores: Stores, seconds = 20): Promise<CardFigures> {
  const stage = await Stage.open(stores);
  try {
    const [account] = await stage.install(1, { settleSeconds: 0 });
    const { accountId } = account!;
    await fill(stage, accountId);
    const tokens = await sessions(stage, accountId);
    await stage.control("ledger/reset");
    const origin = stage.servers[0]!.url;
    const shotOf = (n: number) => ({
      url: `${origin}/api/leads/${FIRST + ((n * 7_919) % LEADS)}/card`,
      headers: { authorization: `Bearer ${tokens[n % USERS]}` },
    });
    const figures = await atRate(shotOf, 100, seconds);
    const { requests } = await stage.control<{ requests: { total: { requests: number } } }>("ledger/summary", {
      account: accountId,
    });
    return { ...figures, leads: LEADS, kommoCalls: requests.total.requests };
  } finally {
    await stage.close();
  }
}

/** One lead is judged as any, and copied. */
async function fill(stage: Stage, account: number) {
  const lead = { account, name: "Inquiry", note: "We need it in March and the budget is approved." };
  const { id } = await stage.control<{ id: number }>("leads/create", lead);
  const judged = async () =>
    (await stage.sql("SELECT 1 FROM write WHERE lead_id = $1 AND state = 'sent'", [id])).length > 0;
  await stage.until("the lead is judged", judged);
  await stage.sql(
    `INSERT INTO verdict OVERRIDING SYSTEM VALUE
     SELECT (jsonb_populate_record(v, jsonb_build_object('id', $2 + n, 'lead_id', $2 + n))).*
       FROM verdict v, generate_series(0, $3 - 1) n WHERE v.lead_id = $1`,
    [id, FIRST, LEADS],
  );
  await stage.sql(
    `INSERT INTO lead
     SELECT (jsonb_populate_record(l, jsonb_build_object('lead_id', $2 + n, 'name', 'Inquiry ' || n, 'verdict_id', $2 + n,
              'score', n % 101, 'segment', (ARRAY['hot', 'warm', 'cold', 'spam'])[1 + n % 4]))).*
       FROM lead l, generate_series(0, $3 - 1) n WHERE l.lead_id = $1`,
    [id, FIRST, LEADS],
  );
  await stage.sql("ANALYZE");
}

async function sessions(stage: Stage, account: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let i = 0; i < USERS; i++) {
    const { id } = await stage.control<{ id: number }>("accounts/add-user", { account, name: `Rep ${i}` });
    const { token } = await stage.control<{ token: string }>("oauth/one-time-token", { account, user_id: id });
    const answer = await fetch(`${stage.servers[0]!.url}/api/session`, {
      method: "POST",
      headers: { "x-auth-token": token },
    });
    if (!answer.ok) throw new Error(`A session was answered with ${answer.status}: ${await answer.text()}`);
    tokens.push(((await answer.json()) as { token: string }).token);
  }
  return tokens;
}
