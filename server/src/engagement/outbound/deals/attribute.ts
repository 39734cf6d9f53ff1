/** What Customer.io keeps of a person, an object or an event. Null takes an attribute away. */
export type AttributeValue = string | number | boolean | null;
export type Attributes = Record<string, AttributeValue>;

export const VALUE_BYTES = 1_000;
export const IDENTIFIER_BYTES = 150;

/** The beginning of a text that has room in so many bytes of UTF-8, cut between characters. */
export function withinBytes(text: string, atMost: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= atMost) return text;
  let end = atMost;
  // Bytes that go on with a character begin with the bits 10.
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}

/** Text as it can be kept and sent: PostgreSQL's JSON takes neither NUL nor half a character. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "").toWellFormed().trim();
}

/** The text of an attribute, cut to what Customer.io takes; nothing is no attribute. */
export function textValue(text: string): string | null {
  return withinBytes(cleanText(text), VALUE_BYTES) || null;
}

/** Without what is not there, so that two decisions can be compared. */
export function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}
