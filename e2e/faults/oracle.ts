import type { Stage } from "../stage/stage.ts";
import type { Inquiry } from "./inquiries.ts";
import { untilAtRest } from "./rest.ts";

interface LeadState {
  id: number;
  tags: string[];
  fields: Record<string, unknown>;
  tasks: { text: string }[];
  notes: { params?: { text?: string } }[];
}

interface Call {
  at: string;
  user: string;
  usage: object | null;
}

interface VerdictRow {
  lead_id: number;
  score: number | null;
  decided_at: Date;
}

/**
 * Waits until everything is done, then compares what the outside has sent with what it has received: nothing may be lost, nothing
 * done twice, and what stands at last has to be right.
 * @returns a sentence for each breach
 */
export async function breaches(stage: Stage, inquiries: readonly Inquiry[]): Promise<string[]> {
  await untilAtRest(stage);
  const accounts = [...new Set(inquiries.map(({ accountId }) => accountId))];
  const found = await Promise.all(
    accounts.map(async (accountId) => {
      const ofAccount = inquiries.filter((inquiry) => inquiry.accountId === accountId);
      return [
        ...(await lost(stage, accountId)),
        ...(await stuck(stage, accountId)),
        ...(await wronglyWritten(stage, accountId, ofAccount)),
        ...(await boughtTwice(stage, accountId, ofAccount)),
      ];
    }),
  );
  return found.flat();
}

/** What Kommo was told to be stored is stored. */
async function lost(stage: Stage, accountId: number): Promise<string[]> {
  const sent = await stage.control<Record<string, { body?: string }>>("ledger/deliveries", {
    account: accountId,
    status: 204,
  });
  const rows = await stage.sql<{ body: string }>("SELECT body FROM delivery WHERE account_id = $1", [accountId]);
  const stored = new Set(rows.map(({ body }) => body));
  const missing = Object.values(sent).filter(({ body }) => body !== undefined && !stored.has(body));
  return missing.map(({ body }) => `A webhook was answered with 204 and is not stored: ${body?.slice(0, 120)}.`);
}

/** Nothing has been given up. */
async function stuck(stage: Stage, accountId: number): Promise<string[]> {
  const rows = await stage.sql<{ what: string; why: string | null }>(
    `SELECT 'Delivery ' || id AS what, last_error AS why FROM delivery WHERE account_id = $1 AND state IN ('dead', 'quarantined')
     UNION ALL SELECT 'Work ' || kind || ' ' || subject, last_error FROM work WHERE account_id = $1 AND state = 'dead'
     UNION ALL SELECT 'Write ' || target || ' of lead ' || lead_id, outcome FROM write
                WHERE account_id = $1 AND state = 'dead' AND outcome IS DISTINCT FROM 'uninstalled'
     UNION ALL SELECT 'Write for Customer.io ' || id, reason FROM customerio_write WHERE account_id = $1 AND state IN ('stuck', 'dropped')`,
    [accountId],
  );
  return rows.map(({ what, why }) => `${what} was given up: ${why}.`);
}

/** Each lead shows its verdict, and what we make stands there once. */
async function wronglyWritten(stage: Stage, accountId: number, inquiries: readonly Inquiry[]): Promise<string[]> {
  const states = Object.values(await stage.control<Record<string, LeadState>>("leads/read", { account: accountId }));
  const byId = new Map(states.map((state) => [state.id, state]));
  const verdicts = await latestVerdicts(stage, accountId);
  return [
    ...inquiries.flatMap(({ leadId, name, tag, tasks }) => {
      const shown = byId.get(leadId);
      if (!shown) return [`${name} is not in Kommo.`];
      const { score } = verdicts.get(leadId) ?? {};
      const tags = shown.tags.filter((one) => one.startsWith("dealscope:"));
      return [
        ...(tags.join() === tag ? [] : [`${name} is tagged ${tags.join() || "with nothing"} and not ${tag}.`]),
        ...(score !== undefined && Number(shown.fields.DEALSCOPE_SCORE) === score
          ? []
          : [`${name} shows the score ${shown.fields.DEALSCOPE_SCORE}, and its verdict says ${score}.`]),
        ...(shown.tasks.length === tasks ? [] : [`${name} has ${shown.tasks.length} tasks and not ${tasks}.`]),
      ];
    }),
    ...(await wronglyMade(stage, accountId, states)),
  ];
}

/** Every note and task of ours is known by its mark: each stands there once, and there is none without a row. */
async function wronglyMade(stage: Stage, accountId: number, states: readonly LeadState[]): Promise<string[]> {
  const texts = states.flatMap(({ tasks, notes }) => [
    ...tasks.map(({ text }) => text),
    ...notes.map(({ params }) => params?.text ?? ""),
  ]);
  const times = new Map<string, number>();
  for (const text of texts) {
    const [, mark] = /\n· (DS-[0-9a-z]{8})$/.exec(text) ?? [];
    if (mark) times.set(mark, (times.get(mark) ?? 0) + 1);
  }
  const rows = await stage.sql<{ marker: string; what: string }>(
    "SELECT marker, target || ' of lead ' || lead_id AS what FROM write WHERE account_id = $1 AND target IN ('note', 'task') AND state = 'sent'",
    [accountId],
  );
  const known = new Set(rows.map(({ marker }) => marker));
  return [
    ...rows
      .filter(({ marker }) => times.get(marker) !== 1)
      .map(({ marker, what }) => `The ${what} stands in Kommo ${times.get(marker) ?? 0} times.`),
    ...[...times.keys()]
      .filter((mark) => !known.has(mark))
      .map((mark) => `What is marked ${mark} was made without a row that says so.`),
  ];
}

/** Once a verdict is kept, the model is not asked the same again. An answer that died with its worker is bought anew. */
async function boughtTwice(stage: Stage, accountId: number, inquiries: readonly Inquiry[]): Promise<string[]> {
  const verdicts = await latestVerdicts(stage, accountId);
  const breaches: string[] = [];
  for (const { leadId, name } of inquiries) {
    const calls = await stage.openai<Call[]>(`calls?containing=${encodeURIComponent(name)}`);
    const keptAt = verdicts.get(leadId)?.decided_at;
    const again = calls.filter(({ at, usage }) => usage && keptAt && new Date(at) > keptAt);
    if (again.length > 0) breaches.push(`The model was asked again about ${name} after its verdict was kept.`);
  }
  return breaches;
}

async function latestVerdicts(stage: Stage, accountId: number): Promise<Map<number, VerdictRow>> {
  const rows = await stage.sql<VerdictRow>(
    "SELECT DISTINCT ON (lead_id) lead_id, score, decided_at FROM verdict WHERE account_id = $1 ORDER BY lead_id, id DESC",
    [accountId],
  );
  return new Map(rows.map((row) => [row.lead_id, row]));
}
