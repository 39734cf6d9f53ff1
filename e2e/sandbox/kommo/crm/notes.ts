import { noteItem } from "../hooks/activity-items.ts";
import { type Account, readableAt } from "../state/account.ts";
import type { EntityType, Note } from "../state/rows.ts";
import { SINGULAR } from "./card-changes.ts";
import { record } from "./history.ts";

export interface NewNote {
  entity_type: EntityType;
  entity_id: number;
  note_type: string;
  params: Record<string, unknown>;
  created_by?: number;
  created_at?: number;
}

const EVENTS: Record<string, string> = {
  common: "common_note_added",
  service_message: "service_message_note_added",
  extended_service_message: "service_message_note_added",
  call_in: "incoming_call",
  call_out: "outgoing_call",
  sms_in: "incoming_sms",
  sms_out: "outgoing_sms",
};

/** Adding a note leaves the card's own `updated_at` alone. */
export function addNote(account: Account, wish: NewNote, by: number): Note {
  const now = account.clock.seconds();
  const card = account[wish.entity_type].get(wish.entity_id);
  const note: Note = {
    id: account.ids.next("note"),
    entity_type: wish.entity_type,
    entity_id: wish.entity_id,
    note_type: wish.note_type,
    params: wish.params,
    created_by: wish.created_by ?? by,
    updated_by: wish.created_by ?? by,
    created_at: wish.created_at ?? now,
    updated_at: wish.created_at ?? now,
    responsible_user_id: card?.responsible_user_id ?? 0,
    group_id: card?.group_id ?? 0,
    is_pinned: false,
  };
  account.notes.add(note, readableAt(account));
  const type = EVENTS[note.note_type];
  if (type) {
    record(account, {
      type,
      entity_type: SINGULAR[note.entity_type],
      entity_id: note.entity_id,
      created_by: note.created_by,
      value_after: [{ note: { id: note.id } }],
    });
  }
  account.announce(account, [`note_${SINGULAR[note.entity_type]}`], () => noteItem(account, note));
  return note;
}

export function editNote(account: Account, note: Note, params: Record<string, unknown>, by: number): void {
  note.params = { ...note.params, ...params };
  note.updated_by = by;
  note.updated_at = account.clock.seconds();
  account.notes.touched(note);
}
