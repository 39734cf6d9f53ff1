import { expect, test } from "vitest";
import { AccountHealth, byWorstFirst, problemsOf, span } from "./health.ts";

const NOW = Date.parse("2026-11-28T03:00:00Z");
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

const ago = (ms: number) => new Date(NOW - ms).toISOString();

/** As the database tells it. */
const well = {
  now: ago(0),
  name: "Acme",
  host: "acme.kommo.com",
  status: "active",
  statusReason: null,
  statusSince: ago(30 * DAY),
  connectedAt: ago(30 * DAY),
  lastHeardAt: ago(MINUTE),
  eraseAt: null,
  webhook: { state: "subscribed", why: null, checkedAt: ago(MINUTE) },
  provisionedAt: ago(30 * DAY),
  problems: [],
  capDollars: null,
  dryRun: null,
  grant: { kind: "oauth", expiresAt: ago(-DAY) },
  customerio: null,
  ...{ newDeliveries: 0, dueWork: 0, dueWrites: 0, oldestDueAt: null, waits: {} },
  ...{ stuck: {}, hopeless: 0 },
  ...{ scannedAt: ago(3 * MINUTE), healed: 0, spentMicros: 0, calls: 0 },
};

const read = (change: object) => AccountHealth.parse({ ...well, ...change });

test("of an account that is well nothing is said", () => {
  expect(problemsOf(read({}))).toEqual([]);
});

test.each([
  ["work due for long", { oldestDueAt: ago(12 * MINUTE) }, "broken", /^Work has been due for 12 min/],
  ["work due just now", { oldestDueAt: ago(MINUTE) }, undefined, /$/],
  ["no scan", { scannedAt: ago(100 * MINUTE) }, "broken", /^No scan for 1 h/],
  ["no scan yet, just connected", { scannedAt: null, connectedAt: ago(MINUTE) }, undefined, /$/],
  ["fields not made", { provisionedAt: null, connectedAt: ago(20 * MINUTE) }, "broken", /not made, 20 min after/],
  [
    "a problem of the fields",
    { problems: ["The field is of another type"] },
    "watch",
    /^The field is of another type\.$/,
  ],
  [
    "no webhooks in the plan",
    { webhook: { state: "unavailable", why: "not in the plan" } },
    "watch",
    /: not in the plan;/,
  ],
  ["a quiet weekend", { lastHeardAt: ago(2 * DAY) }, undefined, /$/],
  ["a hook that is silent", { lastHeardAt: ago(4 * DAY) }, "watch", /^No webhook for 4 days/],
  ["an old token", { grant: { kind: "long_lived", expiresAt: ago(DAY) } }, "broken", /has expired/],
  ["a token that gets old", { grant: { kind: "long_lived", expiresAt: ago(-5 * DAY) } }, "watch", /expires in 5 days/],
  ["a key that is refused", { waits: { key: 7 } }, "broken", /\(7 items\).*Change OPENAI_API_KEY/],
  ["a model that is away", { waits: { model_unavailable: 1 } }, "watch", /\(1 item\).*by itself/],
  [
    "a plan that is not paid for",
    { waits: { KommoForbidden: 3 } },
    "watch",
    /\(3 items\) because the account in Kommo/,
  ],
  ["something else that is away", { waits: { KommoUnavailable: 2 } }, "watch", /KommoUnavailable/],
  ["refused keys of Customer.io", { customerio: "refused" }, "watch", /^Customer\.io refuses/],
  [
    "a limit that is nearly spent",
    { capDollars: 10, spentMicros: 8_500_000 },
    "watch",
    /^85 % of the month's limit of \$10/,
  ],
  [
    "a limit that is spent",
    { capDollars: 10, spentMicros: 10_000_000 },
    "watch",
    /^The month's limit of \$10 is spent/,
  ],
  ["things given up", { stuck: { work: 2, write: 1 } }, "watch", /^3 items given up/],
] as const)("%s", (_, change, severity, words) => {
  const [problem, ...others] = problemsOf(read(change));
  expect(problem?.severity).toBe(severity);
  expect(problem?.words ?? "").toMatch(words);
  expect(others).toEqual([]);
});

test("of an account that is not connected only that is said, and what was given up", () => {
  const lost = { status: "needs_reconnect", statusReason: "Kommo refused the token", statusSince: ago(180 * MINUTE) };
  const problems = problemsOf(
    read({ ...lost, oldestDueAt: ago(170 * MINUTE), scannedAt: ago(DAY), stuck: { work: 1 } }),
  );
  expect(problems.map(({ severity }) => severity)).toEqual(["broken", "watch"]);
  expect(problems[0]?.words).toMatch(/^Not connected for 3 h\. Kommo refused the token\. An administrator/);
});

test("an account that has left has no problems", () => {
  expect(problemsOf(read({ status: "uninstalled", scannedAt: ago(DAY) }))).toEqual([]);
});

test("the list begins with what is broken, then what is late, then what is stuck, then by name, and ends with who has left", () => {
  const lines = [
    read({ name: "A left", status: "uninstalled" }),
    read({ name: "Z well" }),
    read({ name: "A well" }),
    read({ name: "stuck", stuck: { work: 5 } }),
    read({ name: "stuck more", stuck: { work: 50 } }),
    read({ name: "late", oldestDueAt: ago(10 * MINUTE) }),
    read({ name: "later", oldestDueAt: ago(50 * MINUTE) }),
    read({ name: "not connected", status: "needs_reconnect", statusSince: ago(30 * MINUTE), oldestDueAt: null }),
  ].map((health) => ({ health, problems: problemsOf(health) }));
  const names = lines.toSorted(byWorstFirst).map(({ health }) => health.name);
  expect(names).toEqual(["later", "not connected", "late", "stuck more", "stuck", "A well", "Z well", "A left"]);
});

test.each([
  [-5, "0 s"],
  [59_999, "59 s"],
  [59 * MINUTE, "59 min"],
  [47 * 60 * MINUTE, "47 h"],
  [3 * DAY, "3 days"],
])("%i ms are told as %s", (ms, words) => {
  expect(span(ms)).toBe(words);
});
