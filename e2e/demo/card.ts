import type { Verdict } from "@dealscope/shared/qualification";

/** What a rep sees of a verdict on the deal in Kommo. */
export interface Card {
  score: number | null;
  segment: string | null;
  summary: string | null;
  nextAction: string | null;
  /** Ours only. */
  tags: string[];
}

/** What the verdict should have made of the card. Said again here, so that the server is not checked by itself. */
export function cardFor(verdict: Verdict): Card {
  const { score, segment, summary, nextAction } = verdict;
  const tags = {
    qualified: [`dealscope:${segment}`],
    not_enough: [],
    needs_manual: ["needs manual qualification"],
  }[verdict.status];
  return { score, segment, summary, nextAction, tags };
}

/** The same, as it stands in the sandbox. */
export function cardIn(lead: { fields: Record<string, unknown>; tags: readonly string[] }): Card {
  const text = (code: string) => {
    const value = lead.fields[`DEALSCOPE_${code}`];
    return value === undefined || value === null ? null : String(value);
  };
  const score = text("SCORE");
  return {
    score: score === null ? null : Number(score),
    // The option is shown by its name, and those of a new account are the keys in capitals.
    segment: text("SEGMENT")?.toLowerCase() ?? null,
    summary: text("SUMMARY"),
    nextAction: text("NEXT_ACTION"),
    tags: lead.tags.filter((tag) => tag.startsWith("dealscope:") || tag === "needs manual qualification"),
  };
}

/** Where the two differ, in words; empty when Kommo shows the verdict. */
export function differences(wanted: Card, shown: Card): string[] {
  return (Object.keys(wanted) as (keyof Card)[])
    .filter((part) => String(wanted[part]) !== String(shown[part]))
    .map((part) => `${part} is ${quoted(shown[part])} and not ${quoted(wanted[part])}`);
}

function quoted(value: Card[keyof Card]): string {
  const text = String(value ?? "");
  return text === "" ? "empty" : `"${text}"`;
}
