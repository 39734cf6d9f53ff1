import type { MailTold } from "./mail-told.ts";

/** Kommo's numbers for a note that a person has typed, and for one that tells that somebody called the client. */
export const TEXT_NOTE = 4;
export const OUTGOING_CALL_NOTE = 11;

/**
 * What Kommo told us, parsed once at the door. Every event is a hint: the truth is read again from the API. What Customer.io
 * tells of a mail is signed and told once, so it is kept as it is.
 */
export type KommoEvent =
  | {
      type: "lead.added";
      leadId: number;
      /** Where it was put; not told of every lead. */
      stage?: { pipelineId: number; statusId: number } | undefined;
      at: Date | undefined;
    }
  | { type: "lead.updated" | "lead.restored"; leadId: number; at: Date | undefined }
  | {
      type: "lead.stage_changed";
      leadId: number;
      from: { pipelineId: number | undefined; statusId: number | undefined };
      to: { pipelineId: number; statusId: number };
      at: Date | undefined;
    }
  | { type: "lead.responsible_changed"; leadId: number; at: Date | undefined }
  | { type: "lead.deleted"; leadId: number }
  /** An action of ours that the customer has put into the Digital Pipeline. */
  | { type: "lead.dp_called"; leadId: number; action: "check_gate" | "qualify"; at: Date | undefined }
  | {
      type: "lead.noted";
      leadId: number;
      noteId: number;
      /** Kommo's number; calls that came in are 10. */
      noteType: number | undefined;
      text: string;
      createdBy: number | undefined;
      at: Date;
    }
  | { type: "contact.changed"; contactId: number; leadIds: number[]; at: Date | undefined }
  | { type: "contact.deleted"; contactId: number }
  | {
      type: "message.received" | "message.sent";
      messageId: string;
      leadId: number | undefined;
      contactId: number | undefined;
      talkId: number | undefined;
      text: string;
      author: string;
      origin: string;
      at: Date;
    }
  | {
      type: "talk.changed";
      talkId: number;
      leadId: number | undefined;
      /** When the conversation began. */
      startedAt: Date | undefined;
      at: Date | undefined;
    }
  /** Told by our own reads: what has changed since the reading before. */
  | { type: "contact.linked" | "contact.unlinked"; leadId: number; contactId: number }
  | { type: "contact.titled"; contactId: number; title: string }
  /** He has got addresses that he had not, or has lost some. */
  | { type: "contact.addressed"; contactId: number }
  /** What was said and noted before we listened is known now. */
  | { type: "lead.recalled"; leadId: number }
  /** Told by Kommo's log: `from` is gone, and what was said of it is said of `contactId` or `leadId`. */
  | { type: "contact.merged"; contactId: number; from: number }
  | { type: "lead.merged"; leadId: number; from: number }
  /** Told by Kommo's log beside `lead.updated`: somebody has come to the lead or left it. */
  | { type: "lead.relinked"; leadId: number }
  /** Somebody outside says who plays which part, such as a form; `by` is who says it. Only who is trusted is believed. */
  | {
      type: "stakeholder.named";
      leadId: number;
      contactId: number;
      role: string;
      by: string;
      isTrusted: boolean;
      quote: string;
      saidId: string;
      at: Date;
    }
  /** Somebody, and no machine, has opened one of our mails or followed a link in it. */
  | { type: "lead.engaged"; leadId: number }
  /** What a deal's people are held for has changed: a role, a weight, an approval. */
  | { type: "stakeholder.changed"; leadId: number; contactId: number }
  /** What a deal is worth is another than before: by a verdict that counts, or by a person's word. */
  | { type: "lead.judged"; leadId: number }
  | ({ type: "mail.told" } & MailTold);

export type EventType = KommoEvent["type"];

export type EventOf<T extends EventType> = Named<KommoEvent, T>;

/** Events of one form may have several types; `Extract` would find none of them by one. */
type Named<E extends KommoEvent, T> = E extends KommoEvent ? (Extract<E["type"], T> extends never ? never : E) : never;

export const eventTypes = [
  "lead.added",
  "lead.updated",
  "lead.restored",
  "lead.stage_changed",
  "lead.responsible_changed",
  "lead.deleted",
  "lead.dp_called",
  "lead.noted",
  "contact.changed",
  "contact.deleted",
  "message.received",
  "message.sent",
  "talk.changed",
  "contact.linked",
  "contact.unlinked",
  "contact.titled",
  "contact.addressed",
  "lead.recalled",
  "contact.merged",
  "lead.merged",
  "lead.relinked",
  "stakeholder.named",
  "lead.engaged",
  "stakeholder.changed",
  "lead.judged",
  "mail.told",
] as const satisfies readonly EventType[];

/** Ids of the leads and contacts that an event is about; of what became of a mail, the id of the event. */
export function subjectsOf(event: KommoEvent): (number | string)[] {
  if (event.type === "mail.told") return [event.eventId];
  return [
    ...("leadId" in event && event.leadId !== undefined ? [event.leadId] : []),
    ...("leadIds" in event ? event.leadIds : []),
    ...("contactId" in event && event.contactId !== undefined ? [event.contactId] : []),
  ];
}
