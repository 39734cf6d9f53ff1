import type { Engagement } from "../judging/engagement.ts";
import { cleanText } from "./clean-text.ts";
import { type LeadDocument, leadDocument, type Passage, passagesOf } from "./lead-document.ts";
import type { LeadInput } from "./lead-input.ts";
import { startMasking } from "./masking.ts";
import { unseenWords } from "./unseen.ts";

/** A lead ready to be sent to a model, with what is needed to check its answer. */
export interface ModelInput {
  /** Unmasked; hashed to know whether the model has seen it before. */
  document: LeadDocument;
  /** The user message: the masked document as JSON. */
  message: string;
  /** The masked passages, as the model saw them: what a quote is looked up in. */
  passages: Passage[];
  /** Every passage unmasked, one a line. */
  plainText: string;
  unmask(text: string): string;
  /** Judged by us, and by the criterion that is about it alone. */
  engagement: Engagement;
}

/** Cleans, caps and masks one lead. Pure: equal leads give equal messages. */
export function modelInput(lead: LeadInput): ModelInput {
  const document = leadDocument(lead);
  const { mask, unmask } = startMasking({
    names: peopleOf(lead),
    phones: lead.contacts.flatMap(({ phones }) => phones),
  });
  const masked = <T extends Passage>(passages: T[]): T[] =>
    passages.map((passage) => ({ ...passage, text: mask(passage.text) }));

  const card = masked(document.card);
  const messages = masked(document.messages);
  const notes = masked(document.notes);
  const filled = <T>(entries: T[]) => (entries.length === 0 ? undefined : entries);
  return {
    document,
    message: JSON.stringify({
      created: document.created,
      card: filled(card.map(({ text }) => text)),
      messages: filled(messages.map(({ source, from, text }) => ({ at: minute(source.at), from, text }))),
      notes: filled(notes.map(({ source, text }) => ({ at: minute(source.at), text }))),
      missing: filled(document.missing.map(unseenWords)),
      cut: filled(document.cut.map(unseenWords)),
    }),
    passages: [...card, ...messages, ...notes],
    plainText: passagesOf(document)
      .map(({ text }) => text)
      .join("\n"),
    unmask,
    engagement: lead.engagement ?? { mails: 0, opens: 0, clicks: 0 },
  };
}

const MOST_PEOPLE = 30;

/** Contacts are often named after their company; that name is needed for judging. */
function peopleOf(lead: LeadInput): string[] {
  const companies = new Set(lead.companies.map(cleanText));
  return [...lead.contacts.map(({ name }) => name), lead.responsible ?? ""]
    .slice(0, MOST_PEOPLE)
    .map((name) => cleanText(name).slice(0, 120))
    .filter((name) => !companies.has(name));
}

const minute = (at: string | null) => (at ?? "").slice(0, 16).replace("T", " ");
