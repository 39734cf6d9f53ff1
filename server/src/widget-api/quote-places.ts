import type { QuotePlace } from "@dealscope/shared/card";
import type { CriterionVerdict } from "@dealscope/shared/qualification";

/** A message or note that a verdict quotes, as it is kept. Times inside of JSON are texts. */
export interface QuotedText {
  kind: "message" | "note";
  ref: string;
  direction: "incoming" | "outgoing" | null;
  author: string | null;
  origin: string | null;
  at: string;
  text: string;
}

const SHOWN = 600;

/** Where the words of a criterion stand; null where nothing is quoted. */
export function placeOf({ quote, source }: CriterionVerdict, texts: readonly QuotedText[]): QuotePlace | null {
  if (quote === null || source === null) return null;
  const isField = source.kind === "field";
  const found = texts.find(({ kind, ref }) => kind === source.kind && ref === source.ref);
  return {
    kind: source.kind,
    field: isField ? source.ref : null,
    from: found?.direction ? (found.direction === "incoming" ? "client" : "us") : null,
    author: found?.author || null,
    channel: found?.origin || null,
    at: source.at,
    text: found?.text ? around(found.text, quote) : null,
  };
}

/** The quote with what is said before and after it. */
function around(text: string, quote: string): string {
  if (text.length <= SHOWN) return text;
  const begins = Math.max(0, text.indexOf(quote));
  const from = Math.min(Math.max(0, begins - (SHOWN - quote.length) / 2), text.length - SHOWN);
  const part = text.slice(from, from + SHOWN).toWellFormed();
  return `${from > 0 ? "…" : ""}${part}${from + SHOWN < text.length ? "…" : ""}`;
}
