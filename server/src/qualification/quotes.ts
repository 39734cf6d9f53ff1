import type { Source } from "@dealscope/shared/qualification";
import type { Passage } from "./lead-document.ts";

/**
 * Looks quotes up in the passages the model saw. A quote counts when it stands letter by letter, case included, in one
 * passage; only runs of white space and the shape of quotation marks may differ, because models retype those. It needs
 * two letters or digits: a lone `a` is in every text and proves nothing.
 */
export function quoteFinder(passages: readonly Passage[]): (quote: string) => Source | null {
  const texts = passages.map(({ source, text }) => ({ source, text: comparable(text) }));
  return (quote) => {
    const wanted = comparable(quote);
    if (!/[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(wanted)) return null;
    return texts.find(({ text }) => text.includes(wanted))?.source ?? null;
  };
}

const comparable = (text: string) =>
  text
    .replace(/\s+/g, " ")
    .replace(/[“”„‟«»″]/g, '"')
    .replace(/[‘’‚‛‹›′`´]/g, "'")
    .trim();
