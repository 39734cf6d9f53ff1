import type { Stage } from "../stage/stage.ts";
import type { Inquiry } from "./inquiries.ts";
import { untilAtRest } from "./rest.ts";

interface LeadState {
  id: number;
  status_id: number;
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
  const byAccount = Map.groupBy(inquiries, ({ accountId }) => accountId);
  const found = [...byAccount].map(async ([accountId, its]) => [
    ...(await lost(stage, accountId)),
    ...(await givenUp(stage, accountId)),
    ...(await wronglyWritten(stage, accountId, its)),
    ...(await keptTwice(stage, accountId)),
    ...(await boughtTwice(stage, accountId, its)),
    ...(await wronglyTold(stage, accountId, its)),
  ]);
  return (await Promise.all(found)).flat();
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

/** Nothing has been given up, in words of its own: what the product itself counts as given up (`given_up`) is part of what is tried here. */
async function givenUp(stage: Stage, accountId: number): Promise<string[]> {
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
    ...inquiries.flatMap((inquiry) => {
      const shown = byId.get(inquiry.leadId);
      const verdict = verdicts.get(inquiry.leadId);
      if (!shown || !verdict) return [`${inquiry.name} ${shown ? "was not judged" : "is not in Kommo"}.`];
      return wrongIn(inquiry, shown, verdict);
    }),
    ...(await wronglyMade(stage, accountId, states)),
  ];
}

function wrongIn({ name, ...wanted }: Inquiry, shown: LeadState, { score }: VerdictRow): string[] {
  const { ended } = wanted;
  const told: [what: string, is: unknown, shouldBe: unknown][] = [
    ["tag", shown.tags.filter((tag) => tag.startsWith("dealscope:")).join(), wanted.tag],
    ["score", Number(shown.fields.DEALSCOPE_SCORE), score],
    ["number of tasks", shown.tasks.length, wanted.tasks],
  ];
  if (ended) {
    told.push(["stage", shown.status_id, ended.statusId], ["number of notes", shown.notes.length, ended.notes]);
  }
  return told
    .filter(([, is, shouldBe]) => is !== shouldBe)
    .map(([what, is, shouldBe]) => `The ${what} of ${name} is ${is} and not ${shouldBe}.`);
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

/** The model has judged the same words once; whoever had lost the lead meanwhile kept nothing. */
async function keptTwice(stage: Stage, accountId: number): Promise<string[]> {
  const rows = await stage.sql<{ lead_id: number; times: number }>(
    `SELECT lead_id, count(*)::int AS times FROM verdict
      WHERE account_id = $1 AND status = 'qualified' AND asked_by = 'events'
      GROUP BY lead_id, input_hash HAVING count(*) > 1`,
    [accountId],
  );
  return rows.map(({ lead_id, times }) => `The same verdict about lead ${lead_id} was kept ${times} times.`);
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

interface Event {
  id: string | null;
  name: string;
  attributes: { deal_id?: number };
}

/** Customer.io has every event once, and that of each new deal is among them. */
async function wronglyTold(stage: Stage, accountId: number, inquiries: readonly Inquiry[]): Promise<string[]> {
  const workspace = inquiries[0]?.ended?.workspace;
  if (workspace === undefined) return [];
  const events = Object.values(await stage.mails<Record<string, Event>>("people/events", { workspace }));
  const rows = await stage.sql<{ event_id: string }>(
    "SELECT event_id FROM customerio_write WHERE account_id = $1 AND event_id IS NOT NULL",
    [accountId],
  );
  const timesOf = (isMeant: (event: Event) => boolean) => events.filter(isMeant).length;
  return [
    ...rows
      .map(({ event_id: id }) => ({ id, times: timesOf((event) => event.id === id) }))
      .filter(({ times }) => times !== 1)
      .map(({ id, times }) => `Customer.io has the event ${id} ${times} times.`),
    ...inquiries
      .map(({ leadId, name, tag }) => ({
        name,
        // Of what is spam it is told only before that is known.
        isSpam: tag === "dealscope:spam",
        times: timesOf((event) => event.name === "deal_created" && event.attributes.deal_id === leadId),
      }))
      .filter(({ times, isSpam }) => times > 1 || (times === 0 && !isSpam))
      .map(({ name, times }) => `Customer.io knows ${times} times that ${name} was created.`),
  ];
}

async function latestVerdicts(stage: Stage, accountId: number): Promise<Map<number, VerdictRow>> {
  const rows = await stage.sql<VerdictRow>(
    "SELECT DISTINCT ON (lead_id) lead_id, score, decided_at FROM verdict WHERE account_id = $1 ORDER BY lead_id, id DESC",
    [accountId],
  );
  return new Map(rows.map((row) => [row.lead_id, row]));
}
