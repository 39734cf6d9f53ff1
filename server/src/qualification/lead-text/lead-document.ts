import type { Source, UnseenPart } from "@dealscope/shared/qualification";
import { cleanText, cutText } from "./clean-text.ts";
import type { LeadContact, LeadInput, LeadMessage } from "./lead-input.ts";
import { unseenPart, unseenWords } from "./unseen.ts";

/** Sizes in UTF-16 units; together about 5 000 tokens of Latin text, which bounds the cost of any lead. */
export const DOCUMENT_LIMITS = { cardLine: 400, card: 4000, message: 3000, messages: 12_000, note: 1500, notes: 4000 };

/** A text of the lead that can be quoted, and where it stands. */
export interface Passage {
  source: Source;
  text: string;
}

/** What the model is told about a lead, before masking: clean, in a fixed order, never longer than the limits. */
export interface LeadDocument {
  /** The day the lead was created. */
  created: string;
  card: Passage[];
  /** Oldest first. */
  messages: (Passage & { from: LeadMessage["from"] })[];
  /** Oldest first. */
  notes: Passage[];
  missing: UnseenPart[];
  /** What the limits left out. */
  cut: UnseenPart[];
}

/** Equal leads give equal documents, whatever the order in which fields, messages or notes were read. */
export function leadDocument(lead: LeadInput): LeadDocument {
  const card = withinTotal(cardOf(lead), DOCUMENT_LIMITS.card);
  const messages = newest(lead.messages, DOCUMENT_LIMITS.message, DOCUMENT_LIMITS.messages);
  const notes = newest(lead.notes, DOCUMENT_LIMITS.note, DOCUMENT_LIMITS.notes);
  return {
    created: lead.createdAt.slice(0, 10),
    card: card.kept,
    messages: messages.kept.map(({ id, at, from, text }) => ({ source: { kind: "message", ref: id, at }, from, text })),
    notes: notes.kept.map(({ id, at, text }) => ({ source: { kind: "note", ref: id, at }, text })),
    missing: lead.missing.toSorted((one, other) => compare(unseenWords(one), unseenWords(other))),
    cut: [
      ...counted("card_lines", card.left),
      ...counted("older_messages", messages.left),
      ...counted("message_ends", messages.shortened),
      ...counted("older_notes", notes.left),
      ...counted("note_ends", notes.shortened),
    ],
  };
}

/** Every quotable text, in the order of the document. */
export const passagesOf = (document: LeadDocument): Passage[] => [
  ...document.card,
  ...document.messages,
  ...document.notes,
];

function cardOf(lead: LeadInput): Passage[] {
  const price = lead.price ? `${lead.price} ${lead.currency ?? ""}` : "";
  const fields = lead.fields.map(({ name, value }): [string, string] => [name, value]);
  const lines: [string, string][] = [
    ["Lead", lead.name],
    ["Source", lead.source ?? ""],
    ["Price", price],
    ["Tags", lead.tags.toSorted().join(", ")],
    ...lead.contacts.map((contact): [string, string] => ["Contact", contactLine(contact)]),
    ...lead.companies.map((company): [string, string] => ["Company", company]),
    ...fields.sort((one, other) => compare(one.join("\n"), other.join("\n"))),
  ];
  return lines.flatMap(([label, value]) => {
    const name = cutText(cleanText(label), 80);
    const text = cleanText(value);
    if (text === "") return [];
    return [
      { source: { kind: "field", ref: name, at: null }, text: cutText(`${name}: ${text}`, DOCUMENT_LIMITS.cardLine) },
    ];
  });
}

const contactLine = ({ name, position, emails, phones }: LeadContact) =>
  [name, position, ...emails, ...phones].filter(Boolean).join(", ");

function withinTotal(passages: Passage[], total: number) {
  let size = 0;
  const kept = passages.filter(({ text }) => {
    size += text.length;
    return size <= total;
  });
  return { kept, left: passages.length - kept.length };
}

/** Keeps the newest entries that fit, oldest first; texts that did not make it are not even cleaned. */
function newest<T extends { id: string; at: string; text: string }>(
  entries: readonly T[],
  each: number,
  total: number,
) {
  const latestFirst = entries.toSorted((one, other) => compare(other.at, one.at) || compare(other.id, one.id));
  const kept: T[] = [];
  let size = 0;
  let seen = 0;
  let shortened = 0;
  for (const entry of latestFirst) {
    const clean = cleanText(entry.text);
    const text = cutText(clean, each);
    if (size + text.length > total) break;
    size += text.length;
    seen += 1;
    if (text === "") continue;
    if (text !== clean) shortened += 1;
    kept.push({ ...entry, text });
  }
  return { kept: kept.reverse(), left: entries.length - seen, shortened };
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

const counted = (what: UnseenPart["what"], count: number) => (count === 0 ? [] : [unseenPart(what, { count })]);
