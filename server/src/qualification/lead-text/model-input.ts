import type { Engagement } from "../judging/engagement.ts";
import { withoutCommands } from "../judging/injection.ts";
import { cleanText } from "./clean-text.ts";
import { type LeadDocument, leadDocument, type Passage, passagesOf } from "./lead-document.ts";
import type { LeadInput } from "./lead-input.ts";
import { startMasking } from "./masking.ts";
import { unseenWords } from "./unseen.ts";

/** A lead ready to be sent to a model, with what is needed to check its answer. */
export interface ModelInput {
  /** Unmasked; hashed to know whether the model has seen it before. */
  document: LeadDocument;
  /** The user message: the masked document as JSON, without the sentences that speak to the model. */
  message: string;
  /** The masked passages in full: what a quote is looked up in. */
  passages: Passage[];
  /** Every passage unmasked, one a line. */
  plainText: string;
  unmask(text: string): string;
  /** Judged by us, and by the criterion that is about it alone. */
  engagement: Engagement;
}

/**
 * Cleans, caps and masks one lead. Pure: equal leads give equal messages. A sentence that speaks to the model would prove
 * nothing (see `quoteFinder`), so the model is not shown it: what stands beside it is judged as if it were not there.
 */
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
  const shown = (text: string) => mask(withoutCommands(text));
  const filled = <T>(entries: T[]) => (entries.length === 0 ? undefined : entries);
  return {
    document,
    message: JSON.stringify({
      created: document.created,
      card: filled(document.card.map(({ text }) => shown(text))),
      messages: filled(
        document.messages.map(({ source, from, text }) => ({ at: minute(source.at), from, text: shown(text) })),
      ),
      notes: filled(document.notes.map(({ source, text }) => ({ at: minute(source.at), text: shown(text) }))),
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
