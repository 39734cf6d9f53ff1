import type { UnseenPart } from "@dealscope/shared/qualification";
import { expect, it } from "vitest";
import { unseenWords } from "../src/card/unseen-words.ts";
import en from "../src/i18n/en.json" with { type: "json" };
import es from "../src/i18n/es.json" with { type: "json" };
import { Words } from "../src/i18n/words.ts";

const part = (what: UnseenPart["what"], more: Partial<UnseenPart> = {}): UnseenPart => ({
  ...{ what, count: null, from: null, to: null },
  ...more,
});

it("says in the user's language what nobody could look at", () => {
  const texts = part("message_texts", { count: 3, from: "2026-11-01", to: "2026-11-04" });
  expect(unseenWords(texts, new Words(en, "en"))).toBe("the text of messages between Nov 1 and Nov 4: 3");
  expect(unseenWords(texts, new Words(es, "es"))).toBe("el texto de mensajes entre el 1 nov y el 4 nov: 3");
  expect(unseenWords(part("chat_history"), new Words(es, "es"))).toBe("los chats de antes de conectar Dealscope");
});
