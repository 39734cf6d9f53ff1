import { detectorsFor, type KnownPeople, PLACEHOLDER } from "./personal-data.ts";
import type { Detector } from "./span.ts";

/** Hides personal data of one lead behind placeholders, and brings it back. */
export interface Masking {
  /** The same thing gets the same placeholder in every text of the lead: `[PERSON_1]`, its second spelling `[PERSON_1.2]`. */
  mask(text: string): string;
  /** The exact original of a masked text. Placeholders that were never given out stay as they are. */
  unmask(text: string): string;
}

/**
 * Starts the masking of one lead. Amounts of money, dates and company names stay, because leads are judged by them.
 * `unmask(mask(x)) === x` for every x.
 */
export function startMasking(known: KnownPeople): Masking {
  const detectors = detectorsFor(known);
  const placeholders = placeholderBook();
  return {
    mask: (text) =>
      detectors
        .reduce((pieces, detector) => cutOut(pieces, detector, placeholders.of), [{ text, open: true }])
        .map((piece) => piece.text)
        .join(""),
    unmask: (text) => text.replace(PLACEHOLDER, (placeholder) => placeholders.original(placeholder) ?? placeholder),
  };
}

/** A closed piece is a placeholder, or text that must stay: later detectors do not see it. */
interface Piece {
  text: string;
  open: boolean;
}

type Replace = (kind: string, group: string, original: string) => string;

function cutOut(pieces: Piece[], detector: Detector, placeholderOf: Replace): Piece[] {
  return pieces.flatMap((piece) => {
    if (!piece.open) return piece;
    const { text } = piece;
    const cut: Piece[] = [];
    let done = 0;
    for (const { start, end, kind, group } of detector(text)) {
      const found = text.slice(start, end);
      cut.push({ text: text.slice(done, start), open: true });
      cut.push({ text: kind === "keep" ? found : placeholderOf(kind, group, found), open: false });
      done = end;
    }
    cut.push({ text: text.slice(done), open: true });
    return cut;
  });
}

/** Numbers things by kind in order of appearance, and the spellings of each thing. */
function placeholderBook() {
  const things = new Map<string, { name: string; spellings: Map<string, string> }>();
  const originals = new Map<string, string>();
  const counts = new Map<string, number>();

  const thingOf = (kind: string, group: string) => {
    const id = `${kind} ${group}`;
    const known = things.get(id);
    if (known) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const thing = { name: `${kind}_${count}`, spellings: new Map<string, string>() };
    things.set(id, thing);
    return thing;
  };

  return {
    of(kind: string, group: string, original: string): string {
      const { name, spellings } = thingOf(kind, group);
      const known = spellings.get(original);
      if (known) return known;
      const placeholder = spellings.size === 0 ? `[${name}]` : `[${name}.${spellings.size + 1}]`;
      spellings.set(original, placeholder);
      originals.set(placeholder, original);
      return placeholder;
    },
    original: (placeholder: string) => originals.get(placeholder),
  };
}
