import { DEFAULT_ROLES, type Role } from "@dealscope/shared/committee";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "./fold.ts";
import { roleInTitle, roleOfNamed, rolesInWords } from "./role-rules.ts";

test.each([
  ["CEO & Founder", "decision_maker"],
  ["Managing Director", "decision_maker"],
  ["Directora General", "decision_maker"],
  ["Dueña", "decision_maker"],
  ["Sócio-administrador", "decision_maker"],
  ["Diretor Geral", "decision_maker"],
  ["GENEL MÜDÜR", "decision_maker"],
  ["İşletme Sahibi", "decision_maker"],
  ["Direktur Utama", "decision_maker"],
  ["CFO", "economic_buyer"],
  ["Head of Procurement", "economic_buyer"],
  ["Jefa de Compras", "economic_buyer"],
  ["Diretora Financeira", "economic_buyer"],
  ["Mali İşler Müdürü", "economic_buyer"],
  ["Manajer Pengadaan", "economic_buyer"],
  ["CTO", "technical_evangelist"],
  ["Director de Sistemas", "technical_evangelist"],
  ["Gerente de TI", "technical_evangelist"],
  ["Bilgi İşlem Müdürü", "technical_evangelist"],
  ["Kepala IT", "technical_evangelist"],
  ["General Counsel", "lawyer"],
  ["Directora Jurídica", "lawyer"],
  ["Advogado sênior", "lawyer"],
  ["Hukuk Müşaviri", "lawyer"],
  ["Pengacara", "lawyer"],
  ["Legal & Finance Director", "lawyer"],
  ["Independent consultant", "influencer"],
  ["Key user", "user"],
])("the title %s speaks for %s", (title, role) => {
  expect(roleInTitle(title, DEFAULT_ROLES)).toEqual({ role, quote: title });
});

test.each(["Assistant to the CEO", "Vice President", "Former CTO", "Product Owner", "Secretaria del Director General"])(
  "the title %s speaks for nothing",
  (title) => {
    expect(roleInTitle(title, DEFAULT_ROLES)).toBeUndefined();
  },
);

test("a title that names one of the account's own roles speaks for that, and for no role that the account does not have", () => {
  const own: Role = {
    key: "champion",
    name: "Chief Dreamer",
    weight: 1,
    probability: 1,
    decides: false,
    opposes: false,
  };
  expect(roleInTitle("Regional chief dreamer", [...DEFAULT_ROLES, own])?.role).toBe("champion");
  expect(roleInTitle("CEO", [own])).toBeUndefined();
});

test.each([
  ["Hello! I am the CEO and we start in May.", "decision_maker", "I am the CEO and we start in May."],
  ["Send it to me, I decide on software here.", "decision_maker", "Send it to me, I decide on software here."],
  ["Soy la directora general.", "decision_maker", "Soy la directora general."],
  ["La decisión es mía", "decision_maker", "La decisión es mía"],
  ["Sou o diretor geral da empresa.", "decision_maker", "Sou o diretor geral da empresa."],
  ["Kararı ben veriyorum.", "decision_maker", "Kararı ben veriyorum."],
  ["Saya yang memutuskan soal ini", "decision_maker", "Saya yang memutuskan soal ini"],
  ["I own the budget. Call me.", "economic_buyer", "I own the budget."],
  ["Eu aprovo o orçamento", "economic_buyer", "Eu aprovo o orçamento"],
  ["Bütçeyi ben onaylıyorum", "economic_buyer", "Bütçeyi ben onaylıyorum"],
  ["I’m a lawyer with the group", "lawyer", "I’m a lawyer with the group"],
  ["Yo reviso los contratos.", "lawyer", "Yo reviso los contratos."],
  ["I will be using it daily", "user", "I will be using it daily"],
  ["Honestly, I am against it.", "blocker", "Honestly, I am against it."],
  ["Estoy en contra de esto", "blocker", "Estoy en contra de esto"],
  ["Ben buna karşıyım.", "blocker", "Ben buna karşıyım."],
  ["Saya menolak", "blocker", "Saya menolak"],
])("the words %j speak for %s", (text, role, quote) => {
  expect(rolesInWords(text, DEFAULT_ROLES)).toEqual([{ role, quote }]);
});

test.each([
  "I will ask our CEO tomorrow.",
  "When I decide, I will write to you.",
  "Yo no decido, pregunta a mi jefe.",
  "Eu não decido isso.",
  "Bukan saya yang memutuskan",
  "Kararı ben vermiyorum.",
  "I am talking to the lawyer",
  "I am the assistant of the CEO",
  "On Monday our boss wrote:\n> I am the CEO and I decide",
  "",
])("the words %j speak for nothing", (text) => {
  expect(rolesInWords(text, DEFAULT_ROLES)).toEqual([]);
});

test("a note gives a role to whom it names, and only in the sentence that does", () => {
  const note = "Call with Ana Reyes today. Ana is their CFO. Boris was there too, he likes it.";
  expect(roleOfNamed(note, "Ana Reyes", DEFAULT_ROLES)).toEqual({ role: "economic_buyer", quote: "Ana is their CFO." });
  expect(roleOfNamed(note, "Boris Kim", DEFAULT_ROLES)).toBeUndefined();
  expect(roleOfNamed("Banana CFO", "Ana", DEFAULT_ROLES)).toBeUndefined();
});

const words = fc.constantFrom(
  "I am the CEO",
  "CFO",
  "karşıyım",
  "decide",
  "Ana",
  ".",
  "!",
  "\n",
  "> ",
  "İ",
  "😀",
  " ",
  "é",
);
const texts = fc.array(fc.oneof(words, fc.string({ unit: "binary", maxLength: 8 }))).map((parts) => parts.join(" "));

test("folding changes letters and never their places", () => {
  fc.assert(
    fc.property(texts, (text) => fold(text).length === text.length),
    { numRuns: 500 },
  );
});

test("whatever is written, a quote is a part of it as it stands there, and short enough for a card", () => {
  const quoted = (text: string) => [...rolesInWords(text, DEFAULT_ROLES), roleOfNamed(text, "Ana", DEFAULT_ROLES)];
  fc.assert(
    fc.property(texts, (text) => {
      for (const hint of quoted(text)) {
        if (!hint) continue;
        expect(text).toContain(hint.quote);
        expect(hint.quote.trim()).not.toBe("");
        expect(hint.quote.length).toBeLessThanOrEqual(242);
      }
    }),
    { numRuns: 1000 },
  );
  const long = `${"We are many and write much, ".repeat(40)} I am the CEO and ${"decide, ".repeat(60)}`;
  const [hint] = rolesInWords(long, DEFAULT_ROLES);
  expect(hint!.quote).toContain("I am the CEO");
  expect(long).toContain(hint!.quote);
});
