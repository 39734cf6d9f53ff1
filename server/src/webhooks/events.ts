/** What Kommo told us, parsed once at the door. Every event is a hint: the truth is read again from the API. */
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
  | {
      type: "lead.noted";
      leadId: number;
      noteId: number;
      /** Kommo's number: 4 is a text note, 10 and 11 are calls. */
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
  /** Not of Kommo: whoever has sent a form says which part somebody plays in the purchase. */
  | { type: "stakeholder.named"; leadId: number; contactId: number; role: string; by: string };

export type EventType = KommoEvent["type"];

export type EventOf<T extends EventType> = Extract<KommoEvent, { type: T }>;

export const eventTypes = [
  "lead.added",
  "lead.updated",
  "lead.restored",
  "lead.stage_changed",
  "lead.responsible_changed",
  "lead.deleted",
  "lead.noted",
  "contact.changed",
  "contact.deleted",
  "message.received",
  "message.sent",
  "talk.changed",
  "stakeholder.named",
] as const satisfies readonly EventType[];
