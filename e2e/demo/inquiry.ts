export type Language = "en" | "es" | "pt" | "tr" | "id" | "de" | "ru" | "fr";

export interface Person {
  name: string;
  email?: string;
  phone?: string;
  position?: string;
}

interface AnyInquiry {
  language: Language;
  person: Person;
}

/** From a form on the website: everything at once, or the text a moment after the card. */
export interface FormInquiry extends AnyInquiry {
  via: "form";
  lead: string;
  company: string | null;
  text: string;
  laterMs: number;
}

/** A colleague makes an empty card, and fills it while the client is still on the phone. */
export interface CallInquiry extends AnyInquiry {
  via: "call";
  company: string | null;
  price: number;
  text: string;
  laterMs: number;
}

/** Somebody writes in a messenger; often nothing but a greeting at first. */
export interface ChatInquiry extends AnyInquiry {
  via: "chat";
  channel: "waba" | "telegram" | "instagram_business";
  texts: readonly string[];
  /** Between two messages. */
  laterMs: number;
}

export type Inquiry = FormInquiry | CallInquiry | ChatInquiry;

export const person = (name: string, email?: string, phone?: string, position?: string): Person => ({
  name,
  ...(email ? { email } : {}),
  ...(phone ? { phone } : {}),
  ...(position ? { position } : {}),
});

export const form = (
  language: Language,
  lead: string,
  company: string | null,
  person: Person,
  text: string,
  laterMs = 0,
): FormInquiry => ({ via: "form", language, lead, company, person, text, laterMs });

export const call = (
  language: Language,
  company: string | null,
  price: number,
  person: Person,
  text: string,
  laterMs = 2500,
): CallInquiry => ({ via: "call", language, company, price, person, text, laterMs });

export const chat = (
  language: Language,
  channel: ChatInquiry["channel"],
  name: string,
  ...texts: readonly string[]
): ChatInquiry => ({ via: "chat", language, channel, person: { name }, texts, laterMs: 1200 });

/** What the lead is called in the demo's table: many cards have no name but a number. */
export function titleOf(inquiry: Inquiry): string {
  if (inquiry.via === "form") return inquiry.lead;
  return inquiry.via === "call" ? `${inquiry.company ?? inquiry.person.name} (call)` : `${inquiry.person.name} (chat)`;
}
