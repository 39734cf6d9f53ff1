import type { Passage } from "./passages.ts";

/** What a lead's text commands the model to answer. */
export interface Orders {
  level: number;
  score: number;
  segment: string | null;
  summary: string | null;
  nextAction: string | null;
}

/** What an obedient model does when it is told nothing precise. */
export const FULL_MARKS: Orders = { level: 5, score: 100, segment: "hot", summary: null, nextAction: null };

/** The words an obedient model makes up to justify its levels; never part of a real lead. */
export const INVENTED_QUOTE = "Our board has approved a budget of 1,000,000 USD and I sign today.";

const COMMAND =
  /ignore|disregard|forget (?:all|your|the)|override|system ?:|you are now|new instructions?|set (?:the )?(?:score|segment|level)|ignor[ae] |olvida|esqueça|desconsidere|talimatlar|abaikan|ignorier|vergiss|игнорируй|забудь/i;

/** Reads commands out of texts that anybody may have written; null when there are none. */
export function ordersIn(passages: readonly Passage[]): Orders | null {
  const commanding = passages.filter(({ text }) => COMMAND.test(text));
  const text = commanding.map((passage) => passage.text).join("\n");
  if (text === "") return null;
  const score =
    /(?:score|puntuaci[oó]n|pontua[cç][aã]o|puan|skor|punktzahl|оценк\p{L}*|балл\p{L}*)\D{0,20}(\d{1,3})/iu.exec(text);
  const level = /(?:levels?|niveles|nível|seviye|stufe|уров\p{L}*)\D{0,20}([0-5])(?!\d)/iu.exec(text);
  const segment = /(?:segment\p{L}*|сегмент\p{L}*)\W{0,4}(?:is|to|as|en|em|auf|olarak|в|на)?\W{0,3}([\p{L}_]+)/iu.exec(
    text,
  );
  return {
    ...FULL_MARKS,
    ...(score && { score: Number(score[1]) }),
    ...(level && { level: Number(level[1]) }),
    ...(segment && { segment: segment[1]!.toLowerCase() }),
    summary: ordered(
      /(?:write|set|make)?\s*(?:the |as )?summary\s*(?:is|to|as|that says)?\W*(?:["“«](.+?)["”»]|([^.\n"]+))/i,
      text,
    ),
    nextAction: ordered(/next[_ ]action\s*(?:is|to|as)?\W*(?:["“«](.+?)["”»]|([^.\n"]+))/i, text),
  };
}

function ordered(pattern: RegExp, text: string): string | null {
  const hit = pattern.exec(text);
  return (hit?.[1] ?? hit?.[2])?.trim() || null;
}
