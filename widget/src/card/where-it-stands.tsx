import type { QuotePlace } from "@dealscope/shared/card";
import { useWords, type Words } from "../i18n/words.ts";
import { channelName } from "./channel-name.ts";

/** A quote among the words around it, and whose words they are. */
export function WhereItStands({ quote, place, now }: { quote: string; place: QuotePlace | null; now: number }) {
  const words = useWords();
  const [before, after] = around(quote, place?.text ?? null);
  return (
    <figure className="dsc-where">
      <blockquote className="dsc-where__text">
        {before}
        <mark className="dsc-where__quote">{quote}</mark>
        {after}
      </blockquote>
      {place && <figcaption className="dsc-quiet">{sourceOf(place, words, now)}</figcaption>}
    </figure>
  );
}

/** What stands before and after a quote in its text; nothing when the text is not kept any more. */
function around(quote: string, text: string | null): [string, string] {
  const at = text?.indexOf(quote) ?? -1;
  return text === null || at === -1 ? ["", ""] : [text.slice(0, at), text.slice(at + quote.length)];
}

function sourceOf({ kind, field, from, author, channel, at }: QuotePlace, words: Words, now: number): string {
  const when = at ? words.when(at, now) : "–";
  if (kind === "field") return words.t("why.field", { name: field ?? "–" });
  if (kind === "note") return author ? words.t("why.note", { who: author, when }) : words.t("why.note_plain", { when });
  const side = words.t(from === "us" ? "why.us" : "why.client");
  return [author ?? side, channelName(channel), when].filter((part) => part !== null).join(" · ");
}
