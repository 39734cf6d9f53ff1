import type { ActivityEntry, Card, CardOverride, CardTask, CardVerdict, HistoryEntry } from "@dealscope/shared/card";
import { nextStep } from "../qualification/next-step.ts";
import { type CardRow, MOST_HISTORY, type OverrideRow } from "./card-rows.ts";
import { changesOf } from "./changes.ts";
import { placeOf } from "./quote-places.ts";
import type { RankedSegments } from "./segments.ts";

const iso = (time: string | Date) => new Date(time).toISOString();
const isoOrNull = (time: string | null) => (time === null ? null : iso(time));

export function verdictOf({ verdict, criteria, quoted }: CardRow, segments: RankedSegments): CardVerdict | null {
  if (!verdict) return null;
  const { detail } = verdict;
  const names = new Map((criteria ?? []).map(({ key, name }) => [key, name]));
  return {
    id: verdict.id,
    status: detail.status,
    reason: detail.reason,
    score: detail.score,
    segment: segments.named(detail.segment),
    summary: detail.summary,
    nextAction: nextStep(detail),
    question: detail.question,
    criteria: detail.criteria.map((criterion) => ({
      ...criterion,
      name: names.get(criterion.key) ?? criterion.key,
      place: placeOf(criterion, quoted),
    })),
    flags: detail.flags,
    unseen: { missing: detail.missing ?? [], cut: detail.cut ?? [] },
    judge: {
      model: detail.model,
      rule: detail.rule,
      promptVersion: detail.promptVersion,
      askedBy: verdict.asked_by,
    },
    decidedAt: iso(verdict.decided_at),
  };
}

/** The override that holds now: the newest entry, unless it is a clearing or its time is over. */
export function overrideOf({ overrides, segment }: CardRow, segments: RankedSegments): CardOverride | null {
  const [newest] = overrides;
  if (newest?.kind !== "set" || newest.is_over) return null;
  // Where only a score was given, the segment it falls in was worked out when it was set.
  const named = segments.named(newest.segment ?? segment);
  return named && { ...common(newest), segment: named };
}

export function taskOf({ task }: CardRow): CardTask | null {
  if (!task) return null;
  const { body, state, outcome } = task;
  return {
    // A person may have been forgotten since.
    text: body.text ?? "",
    dueAt: iso(new Date(body.completeTill * 1000)),
    responsibleName: task.responsible,
    byName: body.asked?.by ?? "",
    state,
    outcome,
    madeAt: iso(task.made_at),
  };
}

export function standingOf(
  { segment, score, verdict_id }: CardRow,
  override: CardOverride | null,
  segments: RankedSegments,
): Card["standing"] {
  const by = override ? "rep" : verdict_id === null && segment === null ? "nobody" : "verdict";
  return { segment: segments.named(segment), score, by };
}

export function historyOf({ verdicts, overrides }: CardRow, segments: RankedSegments): HistoryEntry[] {
  const judged = verdicts.map(
    (row): HistoryEntry => ({
      kind: "verdict",
      id: row.id,
      at: iso(row.decided_at),
      status: row.status,
      reason: row.reason,
      score: row.score,
      segment: segments.named(row.segment),
      judge: { model: row.model, rule: row.rule, promptVersion: row.prompt_number, askedBy: row.asked_by },
      levels: row.levels ?? {},
    }),
  );
  const said = overrides.map((row): HistoryEntry => {
    if (row.kind === "clear") return { kind: "clear", id: row.id, at: iso(row.at), byName: row.by_name };
    return { kind: "override", ...common(row), segment: segments.named(row.segment) };
  });
  return [...judged, ...said].sort((a, b) => b.at.localeCompare(a.at)).slice(0, MOST_HISTORY);
}

export function activityOf({ writes }: CardRow): ActivityEntry[] {
  return writes.map((row) => ({
    id: row.id,
    origin: row.origin,
    target: row.target,
    changes: changesOf(row.target, row.body),
    state: row.state,
    outcome: row.outcome,
    attempts: row.attempts,
    waits: row.waits,
    lastError: row.last_error,
    at: iso(row.made_at),
    endedAt: isoOrNull(row.ended_at),
  }));
}

function common(row: OverrideRow) {
  return {
    id: row.id,
    score: row.score,
    reason: row.reason,
    byName: row.by_name,
    at: iso(row.at),
    expiresAt: isoOrNull(row.expires_at),
  };
}
