import type { Card } from "@dealscope/shared/card";
import { expect, it } from "vitest";
import { explain } from "../src/api/explain.ts";
import { Problem, problemIn } from "../src/api/problem.ts";
import { untilNextLook } from "../src/api/queries.ts";
import { changesBetween, isUnchanged, type Judged, newerThan } from "../src/card/changes.ts";
import { mistakesIn, NO_SEGMENT, toWish } from "../src/card/override-draft.ts";
import { saidBy } from "../src/card/said-by.ts";
import en from "../src/i18n/en.json" with { type: "json" };
import es from "../src/i18n/es.json" with { type: "json" };
import { Words } from "../src/i18n/words.ts";
import { toneOf } from "../src/ui/tone.ts";

const AT = "2026-11-28T12:00:00.000Z";

const judged = (id: number, parts: Partial<Judged>): Judged => ({
  kind: "verdict",
  id,
  at: AT,
  status: "qualified",
  reason: null,
  score: 62,
  segment: { key: "warm", name: "Warm" },
  judge: { model: "gpt-6-luna", rule: null, promptVersion: 4, askedBy: "events" },
  levels: { budget: 2, need: 3, timeline: null },
  ...parts,
});

it("tells what another verdict says otherwise: score, segment and the reasons that moved", () => {
  const after = judged(2, {
    score: 81,
    segment: { key: "hot", name: "Hot" },
    levels: { budget: 4, need: 3, timeline: 1 },
  });
  expect(changesBetween(judged(1, {}), after)).toEqual({
    score: { from: 62, to: 81 },
    segment: { from: { key: "warm", name: "Warm" }, to: { key: "hot", name: "Hot" } },
    levels: [
      { key: "budget", from: 2, to: 4 },
      { key: "timeline", from: null, to: 1 },
    ],
  });
});

it("compares only criteria that both verdicts have looked at", () => {
  const after = judged(2, { levels: { budget: 2, need: 3, fit: 5 } });
  expect(isUnchanged(changesBetween(judged(1, {}), after))).toBe(true);
});

it("finds the verdict that came after a person had asked, and none while there is none", () => {
  const [before, after] = [judged(1, {}), judged(2, { score: 81 })];
  const card = (history: Card["history"]) => ({ history }) as Card;
  expect(newerThan(card([after, before]), 1)).toEqual({ before, after });
  expect(newerThan(card([before]), 1)).toBeUndefined();
  expect(newerThan(card([after]), null)).toBeUndefined();
});

it("names the verdict that stands in the deal, which a pause does not replace", () => {
  const [older, paused] = [judged(1, { at: "2026-11-27T12:00:00.000Z" }), judged(2, { status: "needs_manual" })];
  const verdict = { status: "needs_manual", decidedAt: AT, judge: paused.judge } as Card["verdict"];
  const hot = { segment: { key: "hot", name: "Hot" }, score: 81, by: "verdict" } as const;
  const history = [paused, older];
  expect(saidBy({ verdict, history, standing: hot })?.at).toBe(older.at);
  expect(saidBy({ verdict, history, standing: { ...hot, segment: null, score: null } })?.at).toBe(AT);
  expect(saidBy({ verdict: null, history: [], standing: { segment: null, score: null, by: "nobody" } })).toBeNull();
});

const committee = (part: object = {}) => ({ hold: null, joining: [], ...part }) as object as Card["committee"];

it("looks again soon while a verdict is on its way, later when it is due later, and else not at all", () => {
  const card = (pending: Partial<NonNullable<Card["pending"]>> | null) =>
    ({ at: AT, pending, verdict: {}, committee: committee() }) as Card;
  expect(untilNextLook(card({ state: "running", dueAt: AT }))).toBe(1_000);
  expect(untilNextLook(card({ state: "waiting", dueAt: "2026-11-28T12:10:00.000Z" }))).toBe(5_000);
  expect(untilNextLook(card({ state: "stuck", dueAt: AT }))).toBe(false);
  expect(untilNextLook(card(null))).toBe(false);
  expect(untilNextLook(undefined)).toBe(false);
});

it("looks at a lead without a verdict for a minute, and at a task until it is in Kommo", () => {
  const fresh = { at: AT, pending: null, verdict: null, committee: committee() } as Card;
  expect(untilNextLook(fresh, 1)).toBe(5_000);
  expect(untilNextLook(fresh, 12)).toBe(false);
  expect(untilNextLook({ ...fresh, task: { state: "due" } } as Card, 12)).toBe(5_000);
});

it("looks at a deal that is held until somebody has let it go", () => {
  const held = { at: AT, pending: null, verdict: {}, committee: committee({ hold: {} }) } as Card;
  expect(untilNextLook(held, 99)).toBe(5_000);
});

it("looks soon at a deal that somebody is being added to", () => {
  const joining = [{ state: "waiting" }];
  expect(untilNextLook({ pending: null, verdict: {}, committee: committee({ joining }) } as Card)).toBe(1_000);
});

it("says what went wrong in the user's language, with what to do", () => {
  const refused = problemIn({
    error: {
      code: "invalid_input",
      message: "The reason…",
      requestId: "1",
      issues: [{ path: "reason", message: "x" }],
    },
  });
  expect(explain(refused, new Words(en, "en"))).toBe("Please check “Reason”.");
  expect(explain(refused, new Words(es, "es"))).toBe("Revise «Motivo».");
  expect(explain(problemIn({ error: { code: "too_soon" } }, { retryAfter: "7.2" }), new Words(en, "en"))).toContain(
    "8 s",
  );
  expect(explain(problemIn({ error: { code: "internal", requestId: "abc" } }), new Words(en, "en"))).toContain("abc");
});

it("takes an answer that it cannot read for a failure, and follows no strange address", () => {
  for (const body of [undefined, null, "<html>", { error: "x" }, { error: { code: "toString" } }]) {
    expect(problemIn(body).code).toBe("failed");
  }
  const problem = problemIn({ error: { code: "not_connected", connectUrl: "javascript:alert(1)" } });
  expect(problem.detail.connectUrl).toBeUndefined();
  expect(explain(new TypeError("x"), new Words(en, "en"))).toBe(explain(new Problem("failed"), new Words(en, "en")));
});

it("asks for a reason and for a segment or a score of 0 to 100 before it saves an override", () => {
  const draft = { segment: NO_SEGMENT, score: "", reason: " ", holds: "week" } as const;
  expect(Object.keys(mistakesIn(draft))).toEqual(["segment", "reason"]);
  for (const score of ["101", "-1", "5.5", "abc", "1e2"]) {
    expect(mistakesIn({ ...draft, reason: "x", score }), score).toEqual({ score: "act.score_wrong" });
  }
  expect(mistakesIn({ ...draft, reason: "x", score: "100" })).toEqual({});
  expect(mistakesIn({ ...draft, reason: "x", segment: "hot" })).toEqual({});
});

it("sends an override with the time at which it ends", () => {
  const now = Date.parse(AT);
  const draft = { segment: "cold", score: " 7 ", reason: " Postponed ", holds: "day" } as const;
  expect(toWish(draft, now)).toEqual({
    segment: "cold",
    score: 7,
    reason: "Postponed",
    expiresAt: "2026-11-29T12:00:00.000Z",
  });
  expect(toWish({ ...draft, score: "", holds: "never" }, now)).toMatchObject({ score: null, expiresAt: null });
});

it("gives segments of an account's own a look by their rank", () => {
  const ranked = ["a_clients", "b_clients", "c_clients", "spam"];
  expect(ranked.map((key) => toneOf(key, ranked))).toEqual(["hot", "warm", "cold", "spam"]);
  expect(toneOf("gone", ranked)).toBe("none");
  expect(toneOf(undefined, ranked)).toBe("none");
});
