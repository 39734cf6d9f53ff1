import type { Source } from "@dealscope/shared/qualification";
import type { Passage } from "../lead-text/lead-document.ts";
import { commandsIn } from "./injection.ts";

/** Where a quote stands. */
export interface Evidence {
  source: Source;
  /** The text it stands in also speaks to the model, in another sentence. */
  isSuspicious: boolean;
}

/**
 * Looks quotes up in the passages the model saw. A quote counts when it stands letter by letter, case included, in one
 * passage, outside of any sentence that speaks to the model: a command proves nothing, however often it is cited. Only runs
 * of white space and the shape of quotation marks may differ, because models retype those. It needs two letters or digits:
 * a lone `a` is in every text and proves nothing.
 */
export function quoteFinder(passages: readonly Passage[]): (quote: string) => Evidence | null {
  const texts = passages.map(({ source, text }) => {
    const commands = commandsIn(text).map(comparable);
    return { source, isSuspicious: commands.length > 0, parts: without(comparable(text), commands) };
  });
  // A text that nobody has tampered with proves more than one that commands.
  const trustedFirst = texts.toSorted((one, other) => Number(one.isSuspicious) - Number(other.isSuspicious));
  return (quote) => {
    const wanted = comparable(quote);
    if (!/[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(wanted)) return null;
    const found = trustedFirst.find(({ parts }) => parts.some((part) => part.includes(wanted)));
    return found ? { source: found.source, isSuspicious: found.isSuspicious } : null;
  };
}

/** What is left of a text around each of the sentences, wherever they stand. */
function without(text: string, sentences: readonly string[]): string[] {
  return sentences.reduce((parts, sentence) => parts.flatMap((part) => part.split(sentence)), [text]);
}

/** How two quotes are compared. */
export const comparable = (text: string) =>
  text
    .replace(/\s+/g, " ")
    .replace(/[“”„‟«»″]/g, '"')
    .replace(/[‘’‚‛‹›′`´]/g, "'")
    .trim();
