import { cleanText, cutText } from "./clean-text.ts";

/**
 * One line of plain text out of what a model wrote: no control characters, no markup, no link or address that is not in
 * the lead, at most `max` UTF-16 units. A link the model made up could take a rep anywhere.
 *
 * @param leadText the unmasked text of the lead
 */
export function plainLine(text: string, max: number, leadText: string): string {
  // Far more than is kept, so that a runaway answer costs nothing.
  const bounded = text.slice(0, 10 * max);
  const plain = withoutMarkup(cleanText(bounded)).split(/\s+/);
  return cutText(plain.filter((word) => !isForeignLink(word, leadText)).join(" "), max);
}

const withoutMarkup = (text: string) =>
  text
    .replace(/\[([^[\]]*)\]\(([^()]*)\)/g, "$1 $2")
    // Before the tags, because removing these can put one together.
    .replace(/\*\*|__|~~|`+/g, "")
    .replace(/<\/?[a-z!][^<>]*>/gi, " ")
    // What is left of broken or nested tags; "< 20 people" is no tag.
    .replace(/<+(?=[a-z/!?])/gi, "")
    .replace(/^[#>]+ /gm, "")
    .trim();

const LINK = /:\/\/|^www\.|[\p{L}\p{N}-]\.[a-z]{2,}(?:[/:?#]|$)|@.+\.[a-z]{2}/iu;

function isForeignLink(word: string, leadText: string): boolean {
  const core = word.replace(/^[("'«“]+/, "").replace(/[)"'»”.,;:!?]{1,9}$/, "");
  return LINK.test(core) && !leadText.includes(core);
}
