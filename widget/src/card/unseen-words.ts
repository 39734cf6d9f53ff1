import type { UnseenPart } from "@dealscope/shared/qualification";
import type { Words } from "../i18n/words.ts";

/** What nobody could look at, in the user's language. */
export function unseenWords({ what, count, from, to }: UnseenPart, words: Words): string {
  const day = (date: string | null) => (date === null ? "" : words.day(`${date}T12:00`));
  return words.t(`unseen.${what}`, { count: count ?? "", from: day(from), to: day(to) });
}
