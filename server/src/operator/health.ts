import { z } from "zod";
import type { Problem } from "./problem.ts";
import { waitingFor } from "./what-work-waits-for.ts";

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const count = z.int().nonnegative();

/** How an account is, as the database tells it. */
export const AccountHealth = z.object({
  now: time,
  name: z.string(),
  host: z.string(),
  status: z.enum(["active", "needs_reconnect", "uninstalled"]),
  statusReason: z.string().nullable(),
  statusSince: time,
  connectedAt: time,
  lastHeardAt: time.nullable(),
  eraseAt: time.nullable(),
  webhook: z.object({ state: z.string(), why: z.string().nullable() }).nullish(),
  provisionedAt: z.string().nullish(),
  problems: z.array(z.string()),
  capDollars: z.number().nullish(),
  dryRun: z.boolean().nullish(),
  grant: z.object({ kind: z.enum(["oauth", "long_lived"]), expiresAt: time }).nullable(),
  customerio: z.enum(["refused", "unavailable"]).nullable(),
  newDeliveries: count,
  dueWork: count,
  dueWrites: count,
  /** Of webhooks, work and changes that are due and not done: the oldest of the same that the metrics call so. */
  oldestDueAt: time.nullable(),
  /** How many rows of work wait for what. */
  waits: z.record(z.string(), count),
  /** What was given up and may still succeed. */
  stuck: z.partialRecord(z.enum(["delivery", "work", "write", "customerio"]), count),
  /** Webhooks that can never be read. */
  hopeless: count,
  scannedAt: time.nullable(),
  healed: count,
  spentMicros: count,
  calls: count,
});
export type AccountHealth = z.output<typeof AccountHealth>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Leads are to be judged within seconds; after so long nobody works, or not fast enough. */
const DUE_TOO_LONG_MS = 5 * MINUTE_MS;
/** The slowest looks every five minutes. */
const SCAN_TOO_OLD_MS = 30 * MINUTE_MS;
const SETUP_TOO_LONG_MS = 15 * MINUTE_MS;
/** Weekends are quiet. */
const QUIET_MS = 3 * DAY_MS;
const EXPIRES_SOON_MS = 14 * DAY_MS;
const NEARLY_SPENT = 0.8;

/** What is not as it should be, the worst first; none of what follows from it. */
export function problemsOf(account: AccountHealth): Problem[] {
  if (account.status === "uninstalled") return [];
  const problems: Problem[] = account.status === "needs_reconnect" ? [reconnect(account)] : activeProblems(account);
  return [...problems, ...stuckProblems(account)].toSorted((a, b) => rank(b) - rank(a));
}

function reconnect({ statusReason, statusSince, now }: AccountHealth): Problem {
  const why = statusReason ? ` ${sentence(statusReason)}` : "";
  return broken(
    `Not connected for ${span(+now - +statusSince)}.${why} An administrator of the account has to connect Dealscope again; work waits.`,
  );
}

function* lateness(account: AccountHealth): Generator<Problem> {
  const { now, oldestDueAt, scannedAt, connectedAt, provisionedAt, problems } = account;
  const late = oldestDueAt ? +now - +oldestDueAt : 0;
  if (late > DUE_TOO_LONG_MS)
    yield broken(`Work has been due for ${span(late)}: is a worker running, or does one hang?`);
  const scanned = +now - +(scannedAt ?? connectedAt);
  if (scanned > SCAN_TOO_OLD_MS) yield broken(`No scan for ${span(scanned)}: changes that no webhook told are missed.`);
  if (!provisionedAt && +now - +connectedAt > SETUP_TOO_LONG_MS)
    yield broken(`Fields and webhook are not made, ${span(+now - +connectedAt)} after connecting.`);
  for (const problem of problems) yield watch(sentence(problem));
}

function* outside(account: AccountHealth): Generator<Problem> {
  const { webhook, lastHeardAt, grant, now, waits, customerio } = account;
  if (webhook?.state === "unavailable")
    yield watch(`Kommo sends no webhooks${webhook.why ? `: ${webhook.why}` : ""}; changes are read now and then.`);
  else if (lastHeardAt && +now - +lastHeardAt > QUIET_MS) yield watch(`No webhook for ${span(+now - +lastHeardAt)}.`);
  if (grant?.kind === "long_lived" && +grant.expiresAt - +now < EXPIRES_SOON_MS)
    yield +grant.expiresAt < +now
      ? broken("The long-lived token has expired: connect the account with a new one.")
      : watch(`The long-lived token expires in ${span(+grant.expiresAt - +now)}: connect the account with a new one.`);
  for (const [on, waiting] of Object.entries(waits)) {
    const { severity, why, advice } = waitingFor(on);
    yield { severity, words: `Work waits (${items(waiting)}) ${why}. ${advice}` };
  }
  if (customerio === "refused" && !waits.customerio_key)
    yield watch("Customer.io refuses the keys; an administrator of the account has to save new ones.");
}

function* money({ capDollars, spentMicros }: AccountHealth): Generator<Problem> {
  if (capDollars == null) return;
  const spent = spentMicros / 1_000_000;
  if (spent >= capDollars) yield watch(`The month's limit of $${capDollars} is spent: leads are not judged.`);
  else if (spent >= capDollars * NEARLY_SPENT)
    yield watch(`${Math.floor((spent / capDollars) * 100)} % of the month's limit of $${capDollars} are spent.`);
}

function activeProblems(account: AccountHealth): Problem[] {
  return [...lateness(account), ...outside(account), ...money(account)];
}

function stuckProblems(account: AccountHealth): Problem[] {
  const stuck = stuckOf(account);
  return stuck === 0 ? [] : [watch(`${items(stuck)} given up: see why, then let them be tried again.`)];
}

export function stuckOf({ stuck }: AccountHealth): number {
  return Object.values(stuck).reduce((total, items) => total + items, 0);
}

const broken = (words: string): Problem => ({ severity: "broken", words });
const watch = (words: string): Problem => ({ severity: "watch", words });

function rank({ severity }: Problem): number {
  return severity === "broken" ? 1 : 0;
}

/** For a list that begins with what burns: how bad, how long, how much; who has left comes last. */
export function byWorstFirst(
  a: { health: AccountHealth; problems: readonly Problem[] },
  b: { health: AccountHealth; problems: readonly Problem[] },
): number {
  const bad = ({ health, problems: [worst] }: typeof a) =>
    health.status === "uninstalled" ? -1 : worst ? 1 + rank(worst) : 0;
  // What an account that is not connected has to do is not late; how long it has been waiting for a person counts instead.
  const late = ({ health: { status, statusSince, oldestDueAt, now } }: typeof a) =>
    +now - +((status === "needs_reconnect" ? statusSince : oldestDueAt) ?? now);
  return (
    bad(b) - bad(a) ||
    late(b) - late(a) ||
    stuckOf(b.health) - stuckOf(a.health) ||
    a.health.name.localeCompare(b.health.name, "en", { numeric: true })
  );
}

/** `40 s`, `12 min`, `3 h`, `5 days`: as exact as it matters. */
export function span(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(0, Math.floor(ms / 1_000))} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} days`;
}

function items(number: number): string {
  return number === 1 ? "1 item" : `${number} items`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
