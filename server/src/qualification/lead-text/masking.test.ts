import fc from "fast-check";
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { expect, test } from "vitest";
import { startMasking } from "./masking.ts";

const masking = () => startMasking({ names: ["Marta Nowak", "王伟"], phones: ["+48 601 234 567"] });

test.each([
  ["a full name, in any case", "MARTA NOWAK wrote", "[PERSON_1] wrote"],
  ["a part of a name", "Hi Marta, thanks", "Hi [PERSON_1], thanks"],
  ["a name in a script without spaces", "您好王伟先生", "您好[PERSON_1]先生"],
  ["an e-mail", "write to anna.b+crm@mail.example.com.", "write to [EMAIL_1]."],
  ["an e-mail within Chinese text", "我的邮箱是zhang@qq.com谢谢", "我的邮箱是[EMAIL_1]谢谢"],
  ["an international phone", "call +55 (11) 98765-4321 today", "call [PHONE_1] today"],
  ["a phone before another number", "+34 612 345 678 2 users", "[PHONE_1] 2 users"],
  ["a contact's phone without its country code", "tel 601-234-567", "tel [PHONE_1]"],
  ["a national phone", "8 (495) 123-45-67, Иван", "[PHONE_1], Иван"],
  ["a short phone after a word for it", "phone: 555-1234", "phone: [PHONE_1]"],
  ["a short phone a client asks to call", "call me at 555-1234", "call me at [PHONE_1]"],
  ["a card number", "4111 1111 1111 1111", "[ACCOUNT_1]"],
  ["an IBAN", "pay to DE89 3704 0044 0532 0130 00", "pay to [ACCOUNT_1]"],
  ["a link with a token", "see https://x.example/reset?token=abc now", "see [LINK_1] now"],
])("masking hides %s", (_what, text, masked) => {
  expect(masking().mask(text)).toBe(masked);
});

test.each([
  "budget is 15 000 000 EUR",
  "about $1,500,000 or 1.500.000 R$",
  "between 10000-20000 for the start",
  "5000-8000 is fine",
  "after the call: 3 offers, 1 500 000 each",
  "from 2026-11-03 to 10.12.2026",
  "25 people by 01/02/2027 at 14:30",
  "Baltic Foods, https://balticfoods.example/about",
  "we hope to start in 2027",
])("masking leaves what a lead is judged by: %s", (text) => {
  expect(masking().mask(text)).toBe(text);
});

test("the same thing has one placeholder in all texts of a lead, and a number for each further spelling", () => {
  const { mask } = masking();
  expect(mask("Marta Nowak, a@b.example")).toBe("[PERSON_1], [EMAIL_1]");
  expect(mask("Marta, A@B.example, a@b.example, c@d.example")).toBe("[PERSON_1.2], [EMAIL_1.2], [EMAIL_1], [EMAIL_2]");
});

test("text that looks like a placeholder cannot be confused with ours", () => {
  const { mask, unmask } = masking();
  const text = "[PERSON_1] is not Marta Nowak";
  expect(mask(text)).toBe("[TEXT_1] is not [PERSON_1]");
  expect(unmask(mask(text))).toBe(text);
});

test("a placeholder that was never given out stays as it is", () => {
  expect(masking().unmask("ask [PERSON_7]")).toBe("ask [PERSON_7]");
});

/** Text made of what the detectors look for, glued together at random, finds more than random characters do. */
const glued = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom(
        "[PERSON_1]",
        "[EMAIL_",
        "2]",
        "Marta",
        "Nowak",
        "@",
        ".",
        "+",
        "-",
        " ",
        "a@b.co",
        "www.x.co?t",
        "EUR",
      ),
      fc.constantFrom("DE89370400440532013000", "2026-11-03", "1 500 000", "+48601234567", "601234567", "12"),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));

test("unmasking brings back every text exactly", () => {
  fc.assert(
    fc.property(glued, glued, (one, other) => {
      const { mask, unmask } = masking();
      const masked = [mask(one), mask(other)];
      expect(masked.map(unmask)).toEqual([one, other]);
    }),
    { numRuns: 2000 },
  );
});

test("no e-mail address is left after masking", () => {
  fc.assert(
    fc.property(glued, fc.emailAddress(), glued, (before, email, after) => {
      const masked = masking().mask(`${before}${email}${after}`);
      expect(masked).not.toContain(email);
      expect(masked).not.toMatch(/[a-z0-9]@[a-z0-9-]+\.[a-z]{2}/i);
    }),
    { numRuns: 2000 },
  );
});

const phone = fc
  .constantFrom(
    "+12015550123",
    "+5511987654321",
    "+49301234567",
    "+74951234567",
    "+34612345678",
    "+442071234567",
    "+918123456789",
  )
  .chain((number) => {
    const parsed = parsePhoneNumberFromString(number);
    return fc.constantFrom(number, parsed?.formatInternational() ?? number, number.replace("+", "00"), number.slice(1));
  });
const sentence = fc.constantFrom("", " ", "call me at ", ", Anna", ". Budget 20 000 EUR", "\nfrom 2026-11-03", " or ");

test("no phone number is left after masking, and amounts and dates beside it stay", () => {
  fc.assert(
    fc.property(sentence, phone, sentence, (before, number, after) => {
      const masked = masking().mask(`${before} ${number}${after}`);
      expect(masked.replace(/\[PHONE_1\]|20 000 EUR|2026-11-03/g, "")).not.toMatch(/\d/);
      for (const kept of ["20 000 EUR", "2026-11-03"])
        expect(masked.includes(kept)).toBe(`${before}${after}`.includes(kept));
    }),
    { numRuns: 500 },
  );
});
