/**
 * A text in plain small letters, so that rules are written once for `jurídico`, `JURIDICO` and `Jurídico`. Of the same
 * length as the text, unit by unit: what is found in the one stands at the same place in the other.
 */
export function fold(text: string): string {
  let folded = "";
  // By units and not by characters: half of a pair stays what it is.
  for (let at = 0; at < text.length; at++) folded += plain(text.charAt(at));
  return folded;
}

function plain(unit: string): string {
  const base = unit.normalize("NFD").charAt(0);
  // Turkish has an i without a dot, and Apple has an apostrophe of its own.
  if (base === "ı") return "i";
  if (base === "’" || base === "ʼ") return "'";
  const small = base.toLowerCase();
  return small.length === 1 ? small : unit;
}
