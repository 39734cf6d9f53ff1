import { outcomeOf } from "./figures.ts";
import { paint, type Style } from "./terminal.ts";
import type { Finding } from "./watch.ts";

/** How an outcome looks: told apart by its sign where there is no colour. */
const LOOKS: Record<string, { sign: string; style: Style }> = {
  hot: { sign: "▲", style: ["red", "bold"] },
  warm: { sign: "●", style: "yellow" },
  cold: { sign: "▽", style: "blue" },
  spam: { sign: "✕", style: "gray" },
  "not enough": { sign: "?", style: "cyan" },
  duplicate: { sign: "=", style: "magenta" },
  "by hand": { sign: "!", style: "magenta" },
};
const OTHER = { sign: "◆", style: "white" } as const;

/** In the order in which a seller would read them. */
export const OUTCOMES = Object.keys(LOOKS);

export function outcomeCell(outcome: string, width: number): string {
  const { sign, style } = LOOKS[outcome] ?? OTHER;
  return paint(style, fit(`${sign} ${outcome}`, width));
}

export function styleOf(outcome: string): Style {
  return (LOOKS[outcome] ?? OTHER).style;
}

const INDENT = "  ";
const GAP = "  ";
const WIDTHS = { language: 4, outcome: 12, score: 5, time: 6 };

/** A table of verdicts that fills `width` columns; the lead's name and the summary share what the others leave. */
export class VerdictTable {
  readonly #width: number;
  readonly #title: number;
  readonly #summary: number;

  constructor(width: number) {
    this.#width = width;
    const fixed = Object.values(WIDTHS).reduce((sum, one) => sum + one, 0);
    const free = width - INDENT.length - fixed - 5 * GAP.length;
    this.#title = Math.min(30, Math.floor(free * 0.45));
    this.#summary = free - this.#title;
  }

  head(): string[] {
    const names = this.#cells("Lead", "Lang", fit("Segment", WIDTHS.outcome), "Score", "Summary", "Time");
    return [paint("bold", names), paint("gray", `${INDENT}${"─".repeat(this.#width - INDENT.length)}`)];
  }

  row({ title, language, verdict, tookMs }: Finding): string {
    const outcome = outcomeCell(outcomeOf(verdict), WIDTHS.outcome);
    const time = tookMs === undefined ? "" : seconds(tookMs);
    return this.#cells(title, language, outcome, verdict.score?.toString() ?? "–", verdict.summary, time);
  }

  /** `outcome` is as wide as it should be: its colours do not count. */
  #cells(title: string, language: string, outcome: string, score: string, summary: string, time: string): string {
    const cells = [
      fit(title, this.#title),
      fit(language, WIDTHS.language),
      outcome,
      score.padStart(WIDTHS.score),
      fit(summary, this.#summary),
      time.padStart(WIDTHS.time),
    ];
    return INDENT + cells.join(GAP);
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Exactly so many columns: cut with an ellipsis, or filled with blanks. */
export function fit(text: string, width: number): string {
  const columns = [...letters.segment(text.replace(/\s+/g, " "))].map(({ segment }) => segment);
  let used = 0;
  const kept: string[] = [];
  for (const column of columns) {
    used += isWide(column) ? 2 : 1;
    kept.push(column);
  }
  if (used <= width) return kept.join("") + " ".repeat(width - used);
  while (used > width - 1) used -= isWide(kept.pop()!) ? 2 : 1;
  return `${kept.join("")}…${" ".repeat(width - 1 - used)}`;
}

/** Pictures take two columns. */
function isWide(column: string): boolean {
  return /\p{Emoji_Presentation}/u.test(column);
}
