import type { Words } from "../../i18n/words.ts";

/** Languages that verdicts are often wanted in. */
export const LANGUAGES = ["en", "es", "pt-BR", "tr", "id", "de", "fr", "it", "ru", "uk", "pl", "nl"] as const;

/** In the language of whoever reads. */
export function languageName(tag: string, { language }: Words): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
}
