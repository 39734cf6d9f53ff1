import fc from "fast-check";
import { expect, test } from "vitest";
import { objectionsIn } from "./objection-rules.ts";

test.each([
  ["Thanks. It is too expensive for us!", "price", "It is too expensive for us!"],
  ["Es demasiado caro.", "price", "Es demasiado caro."],
  ["Achei caro demais", "price", "Achei caro demais"],
  ["Bize pahalı geldi", "price", "Bize pahalı geldi"],
  ["Harganya terlalu mahal.", "price", "Harganya terlalu mahal."],
  ["We have no budget this year", "budget", "We have no budget this year"],
  ["No tenemos presupuesto", "budget", "No tenemos presupuesto"],
  ["Não temos orçamento agora", "budget", "Não temos orçamento agora"],
  ["Bütçemiz yok", "budget", "Bütçemiz yok"],
  ["Kami belum punya anggaran", "budget", "Kami belum punya anggaran"],
  ["There are security concerns", "security", "There are security concerns"],
  ["Nos preocupa la seguridad de los datos", "security", "Nos preocupa la seguridad de los datos"],
  ["Temos dúvidas sobre a segurança", "security", "Temos dúvidas sobre a segurança"],
  ["Güvenlik endişelerimiz var", "security", "Güvenlik endişelerimiz var"],
  ["Kami khawatir soal keamanan data", "security", "Kami khawatir soal keamanan data"],
  ["We need our legal team to look at it", "legal", "We need our legal team to look at it"],
  ["Falta la revisión del área jurídica", "legal", "Falta la revisión del área jurídica"],
  ["Aguardando o jurídico", "legal", "Aguardando o jurídico"],
  ["Hukuk departmanının onayı gerekiyor", "legal", "Hukuk departmanının onayı gerekiyor"],
  ["Perlu persetujuan legal dulu", "legal", "Perlu persetujuan legal dulu"],
  ["We already use another CRM", "incumbent", "We already use another CRM"],
  ["Ya tenemos un sistema", "incumbent", "Ya tenemos un sistema"],
  ["Já usamos outra ferramenta", "incumbent", "Já usamos outra ferramenta"],
  ["Zaten başka bir sistem kullanıyoruz", "incumbent", "Zaten başka bir sistem kullanıyoruz"],
  ["Kami sudah pakai sistem lain", "incumbent", "Kami sudah pakai sistem lain"],
  ["This is not a priority right now", "timing", "This is not a priority right now"],
  ["No es el momento", "timing", "No es el momento"],
  ["Não é prioridade", "timing", "Não é prioridade"],
  ["Şu an önceliğimiz değil", "timing", "Şu an önceliğimiz değil"],
  ["Belum waktunya", "timing", "Belum waktunya"],
  ["It does not support our ERP", "missing", "It does not support our ERP"],
  ["No se integra con SAP", "missing", "No se integra con SAP"],
  ["Não tem integração com o nosso ERP", "missing", "Não tem integração com o nosso ERP"],
  ["Entegrasyon yok", "missing", "Entegrasyon yok"],
  ["Belum mendukung bahasa kami", "missing", "Belum mendukung bahasa kami"],
  ["We had a bad experience", "trust", "We had a bad experience"],
  ["No confiamos en proveedores nuevos", "trust", "No confiamos en proveedores nuevos"],
  ["Size güvenmiyoruz", "trust", "Size güvenmiyoruz"],
  ["Kami kurang percaya", "trust", "Kami kurang percaya"],
])("%j is an objection about %s", (text, topic, quote) => {
  expect(objectionsIn(text)).toEqual([{ topic, quote }]);
});

test.each([
  "That is not too expensive at all.",
  "No es muy caro",
  "Não é muito caro",
  "Tidak terlalu mahal",
  "Is it too expensive?",
  "Our budget of 80 000 EUR is approved.",
  "> it is too expensive\nThat was last year, we love it now.",
  "Security is fine with us.",
  "",
])("%j is no objection", (text) => {
  expect(objectionsIn(text)).toEqual([]);
});

test("one text may hold several, each once", () => {
  const text = "Too expensive! We already use SAP. And honestly: too expensive, no budget.";
  expect(objectionsIn(text)).toEqual([
    { topic: "price", quote: "Too expensive!" },
    { topic: "incumbent", quote: "We already use SAP." },
    { topic: "budget", quote: "And honestly: too expensive, no budget." },
  ]);
});

test("whatever is written, a quote is a part of it as it stands there", () => {
  const words = fc.constantFrom("too expensive", "no budget", "çok pahalı", "MUITO CARO", ".", "\n", "> ", "😀", "?");
  const texts = fc.array(fc.oneof(words, fc.string({ unit: "binary", maxLength: 8 }))).map((parts) => parts.join(" "));
  fc.assert(
    fc.property(texts, (text) => {
      const hints = objectionsIn(text);
      expect(new Set(hints.map(({ topic }) => topic)).size).toBe(hints.length);
      for (const { quote } of hints) expect(text).toContain(quote);
    }),
    { numRuns: 1000 },
  );
});
