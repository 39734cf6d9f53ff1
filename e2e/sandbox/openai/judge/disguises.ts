const LATIN: Record<string, string> = {
  а: "a",
  е: "e",
  о: "o",
  р: "p",
  с: "c",
  і: "i",
  ѕ: "s",
  ο: "o",
  α: "a",
  ι: "i",
};
const DIGITS: Record<string, string> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t" };

/** A text as a capable model reads it: commands are understood in other letters, with digits for letters, apart and in base64. */
export function understood(text: string): string {
  const inBase64 = (text.match(/[A-Za-z0-9+/]{24,}={0,2}/g) ?? [])
    .map((code) => Buffer.from(code, "base64").toString())
    .filter((plain) => !/[\p{Cc}\ufffd]/u.test(plain));
  const plain = text
    .normalize("NFKC")
    .replace(/\p{L}*\p{Script=Latin}[\p{L}]*/gu, (word) =>
      word.replace(/\p{L}/gu, (letter) => LATIN[letter.toLowerCase()] ?? letter),
    )
    .replace(/\p{L}+\d[\p{L}\d]*|\d\p{L}[\p{L}\d]*/gu, (word) => word.replace(/\d/g, (digit) => DIGITS[digit] ?? digit))
    .replace(/(?<!\p{L})\p{L}(?:[ ._-]\p{L}){3,}(?!\p{L})/gu, (letters) => letters.replace(/[ ._-]/g, ""));
  return [plain, ...inBase64].join("\n");
}
