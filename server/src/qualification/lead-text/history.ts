import type { UnseenPart } from "@dealscope/shared/qualification";
import { Injectable } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import { KommoForbidden, KommoNotFound } from "../../kommo/errors.ts";
import type { Message, Talk } from "../../kommo/resources.ts";
import { saveMessages, saveNotes } from "../../leads/lead-rows.ts";
import type { Priority } from "../../queue/priority.ts";
import { Listeners } from "../../webhooks/listeners.ts";

/**
 * Reads what was said before we listened. Only for a re-qualify, or once for a lead that is older than our
 * subscription: everything newer has come by webhook.
 */
@Injectable()
export class History {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly listeners: Listeners,
  ) {}

  /** Keeps what it reads, and what it could not read. */
  async read(accountId: number, leadId: number, priority: Priority): Promise<void> {
    const kommo = await this.clients.of(accountId, priority);
    const notes = await kommo.notesOfLead(leadId);
    const talks = await kommo.talksOfLead(leadId);
    const missing: UnseenPart["what"][] = [];
    const messages: { message: Message; talk: Talk }[] = [];
    for (const talk of talks) {
      try {
        for (const message of await kommo.messagesOfTalk(talk.talk_id)) messages.push({ message, talk });
      } catch (error) {
        // The scope or the plan does not give chat history; the same for every talk.
        if (!(error instanceof KommoForbidden || error instanceof KommoNotFound)) throw error;
        missing.push("chat_history");
        break;
      }
    }
    await this.tenancy.run(accountId, async (tx) => {
      await lockLeads(tx, accountId, [leadId]);
      await saveNotes(
        tx,
        accountId,
        notes
          .filter((note) => note.note_type === "common" && note.created_at !== null)
          .map((note) => ({
            id: note.id,
            leadId,
            text: note.params?.text ?? "",
            createdBy: note.created_by ?? undefined,
            at: note.created_at ?? new Date(0),
          })),
      );
      await saveMessages(
        tx,
        accountId,
        messages.map(({ message, talk }) => ({
          id: message.id,
          leadId,
          contactId: talk.contact_id ?? undefined,
          talkId: talk.talk_id,
          direction: message.type,
          text: message.text,
          author: message.author?.name ?? "",
          origin: message.origin,
          at: message.created_at,
        })),
      );
      await tx.query("UPDATE lead SET history_read_at = app_now(), history_missing = $2 WHERE lead_id = $1", [
        leadId,
        missing,
      ]);
      await this.listeners.tell(tx, accountId, [{ type: "lead.recalled", leadId }]);
    });
  }
}
