import { fold } from "./passages.ts";

export const LANGUAGES = ["en", "es", "pt", "tr", "id", "de", "ru"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Words that hardly any text of the language does without, folded. */
const FREQUENT: Record<Exclude<Language, "ru">, string> = {
  en: "the|and|we|is|for|you|are|to|our|with|have|your|it|need",
  es: "el|los|las|una|para|con|que|por|es|y|del|necesitamos|hola|su|gracias",
  pt: "os|uma|para|com|que|por|nao|e|do|da|voces|ola|precisamos|obrigado|sao|tem|no",
  tr: "ve|bir|icin|bu|ile|var|yok|bizim|merhaba|istiyoruz|ne|kadar|mi|cok",
  id: "dan|yang|untuk|kami|dengan|ini|saya|di|ada|tidak|apa|bisa|halo|berapa",
  de: "und|der|die|das|wir|fur|mit|ist|ein|eine|sie|nicht|ich|haben|zu|bitte",
};

const patterns = Object.entries(FREQUENT).map(([language, words]) => ({
  language: language as Language,
  pattern: new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, "gu"),
}));

/** The language of most of the text; English when nothing tells. */
export function languageOf(text: string): Language {
  const letters = fold(text.slice(0, 4000));
  const cyrillic = letters.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  if (cyrillic * 3 > letters.length) return "ru";
  let best: Language = "en";
  let most = 0;
  for (const { language, pattern } of patterns) {
    const count = letters.match(pattern)?.length ?? 0;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}
