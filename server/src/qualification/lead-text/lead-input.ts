import type { UnseenPart } from "@dealscope/shared/qualification";
import type { Engagement } from "../judging/engagement.ts";

/** Times in this file are ISO 8601 in UTC as `Date.toISOString()` writes them, so that they sort as text. */

/** A chat message; `us` is anybody who writes for the account, a bot included. */
export interface LeadMessage {
  id: string;
  at: string;
  from: "client" | "us";
  text: string;
}

export interface LeadNote {
  id: string;
  at: string;
  text: string;
}

export interface LeadContact {
  name: string;
  position?: string;
  emails: string[];
  phones: string[];
}

/**
 * All that may be judged about a lead. The reader leaves out what we wrote ourselves (our fields, tags, notes and tasks)
 * and what says nothing about the client (stage, `updated_at`), so that our own writes never ask for a new verdict.
 */
export interface LeadInput {
  id: number;
  name: string;
  source: string | null;
  /** In units of `currency`; null or 0 when nobody has filled it. */
  price: number | null;
  currency: string | null;
  createdAt: string;
  /** The responsible user's name, known only to be masked: it is neither judged nor hashed. */
  responsible?: string;
  tags: string[];
  fields: { name: string; value: string }[];
  contacts: LeadContact[];
  companies: string[];
  messages: LeadMessage[];
  notes: LeadNote[];
  /** What its people did with our mails; never told to the model. */
  engagement?: Engagement;
  /** Sources that could not be read. */
  missing: UnseenPart[];
}
