import type { LeadField } from "../installation/provisioning.ts";
import type { FieldWish } from "./field-wish.ts";

/** Who wants the change. For one field the stronger wins, whatever the order; see `strength`. */
export type Origin = "gate" | "rep" | "qualification" | "engagement";

export const strength: Record<Origin, number> = { gate: 3, rep: 2, qualification: 1, engagement: 0 };

/** A change of a lead. What is not named stays as it is. */
export interface LeadChange {
  /** Our fields by name; `null` clears. The segment's value is a segment key. */
  fields?: Partial<Record<LeadField, string | number | null>>;
  tagsAdd?: string[];
  tagsRemove?: string[];
  stage?: { pipelineId: number; statusId: number };
  responsibleUserId?: number;
}

/** What the decision saw. When Kommo shows something else by the time of writing, a person was quicker and wins. */
export interface Expectation {
  stage?: { pipelineId: number; statusId: number };
  responsibleUserId?: number;
}

export interface NoteToAdd {
  text: string;
}

export interface TaskToAdd {
  text: string;
  /** Unix seconds. */
  completeTill: number;
  responsibleUserId?: number;
  taskTypeId?: number;
  /** Stays with us: who wanted the task, and of which verdict's next action it was made. */
  asked?: { by: string; verdictId: number };
}

/** Closes the task that the write row with this marker has made. */
export interface TaskToClose {
  marker: string;
  result: string;
}

/** Gives the task or the note that the write row with this marker has made, or makes, other words. */
export interface OtherWords {
  marker: string;
  text: string;
}

/** A change of a contact. What is not named stays as it is. */
export interface ContactChange {
  contactId: number;
  values: readonly FieldWish[];
}

/** A contact that does not exist yet; once it does, it is linked to the row's lead. */
export interface NewContact {
  name: string;
  values: readonly FieldWish[];
  responsibleUserId?: number;
  isMain?: boolean;
}

/** What a lead is linked to or unlinked from. */
export type LinkEnd = { contactId: number; isMain?: boolean } | { elementId: number; listId: number };

/** An element that a list does not have yet; once it does, it is linked to the row's lead. */
export interface NewElement {
  listId: number;
  name: string;
  values: readonly FieldWish[];
}

export interface ElementChange {
  listId: number;
  elementId: number;
  name?: string;
  values: readonly FieldWish[];
}

export type NewWrite = { leadId: number; origin: Origin; workKind?: string } & (
  | { target: "lead"; body: LeadChange; expect?: Expectation }
  | { target: "note"; body: NoteToAdd; marker: string }
  | { target: "task"; body: TaskToAdd; marker: string }
  | { target: "task_done"; body: TaskToClose }
  | { target: "task_text" | "note_text"; body: OtherWords }
  | { target: "contact"; body: ContactChange }
  | { target: "contact_new"; body: NewContact; marker: string }
  | { target: "link" | "unlink"; body: LinkEnd }
  | { target: "element"; body: NewElement; marker: string }
  | { target: "element_change"; body: ElementChange }
);

export type Target = NewWrite["target"];

export interface WriteRow {
  id: number;
  leadId: number;
  seq: number;
  target: Target;
  origin: Origin;
  body: LeadChange &
    Partial<NoteToAdd & TaskToAdd & TaskToClose & ContactChange & NewContact & NewElement & ElementChange>;
  expect: Expectation | null;
  marker: string | null;
  workKind: string | null;
  /** What the decision was begun by. */
  traceId: string;
  attempts: number;
  waits: number;
  /** Since a request left whose outcome is not known; null when there is no such request. */
  unknownForMs: number | null;
  /** Decided in the days after a backup was restored: it may have been decided before, too, and made with another mark. */
  isDecidedAgain: boolean;
}

/** What the rows were begun by, by their leads. */
export function tracesOf(rows: readonly WriteRow[]): (readonly [leadId: number, traceId: string])[] {
  return rows.map(({ leadId, traceId }) => [leadId, traceId]);
}
