/** Where a page of a list that goes back in time begins: after this one. The time as the database writes it, to the microsecond. */
export interface Cursor {
  at: string;
  key: string;
}

const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\|([\x21-\x7e]+)$/;

export function toText({ at, key }: Cursor): string {
  return Buffer.from(`${at}|${key}`).toString("base64url");
}

/** JavaScript takes the 30th of February for a day in March, PostgreSQL for none. */
function isTime(at: string): boolean {
  const time = Date.parse(at);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === at.slice(0, 19) && !at.startsWith("0000");
}

/** @returns undefined for a text that no page has given out */
export function fromText(text: string): Cursor | undefined {
  const [, at, key] = FORM.exec(Buffer.from(text, "base64url").toString()) ?? [];
  return at !== undefined && key !== undefined && isTime(at) ? { at, key } : undefined;
}
