export type PersonalKind = "PERSON" | "EMAIL" | "PHONE" | "ACCOUNT" | "LINK" | "TEXT";

/**
 * A stretch of text to hide (`kind`), or to leave for good (`keep`) so that no later detector takes it for something else.
 * Spans of the same `group` are spellings of one thing.
 */
export interface Span {
  start: number;
  end: number;
  kind: PersonalKind | "keep";
  group: string;
}

/** Finds spans in a text, in order and without overlap, in time linear in its length. */
export type Detector = (text: string) => Iterable<Span>;
