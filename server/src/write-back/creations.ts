import type { Creation } from "./creation.ts";
import { showsText, written } from "./field-wish.ts";
import { withMarker } from "./marker.ts";
import { marksIn, type Said } from "./marks-in.ts";
import type { WriteRow } from "./write-row.ts";

const note: Creation = {
  target: "note",
  add: (kommo, rows, _, mayLeave) =>
    kommo.addLeadNotes(
      rows.map((row) => ({
        entity_id: row.leadId,
        text: withMarker(row.body.text ?? "", row.marker ?? ""),
        request_id: String(row.id),
      })),
      mayLeave,
    ),
  async find(kommo, rows, _, forgotten) {
    const said: Said[] = [];
    for (const leadId of leadsOf(rows)) {
      const notes = await kommo.notesOfLead(leadId);
      said.push(...notes.map(({ id, params }) => ({ id, leadId, text: params?.text ?? "" })));
    }
    return marksIn(said, rows, forgotten);
  },
};

const task: Creation = {
  target: "task",
  add: (kommo, rows, _, mayLeave) =>
    kommo.addTasks(
      rows.map((row) => ({
        text: withMarker(row.body.text ?? "", row.marker ?? ""),
        entity_id: row.leadId,
        entity_type: "leads",
        complete_till: row.body.completeTill,
        task_type_id: row.body.taskTypeId ?? 1,
        ...responsible(row),
        request_id: String(row.id),
      })),
      mayLeave,
    ),
  async find(kommo, rows, _, forgotten) {
    const tasks = await kommo.tasksOfLeads(leadsOf(rows));
    const said = tasks.map(({ id, entity_id, text }) => ({ id, leadId: entity_id ?? 0, text }));
    return marksIn(said, rows, forgotten);
  },
};

/** The mark stands in a field of its own, which only the API may write. */
const contact: Creation = {
  target: "contact_new",
  lacks: (_, made) =>
    made.contactFields.reference === undefined ? "The field for the mark is not made yet." : undefined,
  add: (kommo, rows, { contactFields }, mayLeave) =>
    kommo.addContacts(
      rows.map((row) => ({
        name: row.body.name,
        custom_fields_values: [...(row.body.values ?? []), mark(row, contactFields.reference)].map(written),
        ...responsible(row),
        request_id: String(row.id),
      })),
      mayLeave,
    ),
  find: (kommo, rows, { contactFields }) =>
    search(rows, contactFields.reference, (row) => kommo.contactsFound(row.marker ?? "")),
  next: ({ leadId, origin, body }, contactId) => ({
    leadId,
    origin,
    target: "link",
    body: { contactId, ...(body.isMain ? { isMain: true } : {}) },
  }),
};

/** The same in a list; nobody but the list's admin is kept from its fields. */
const element: Creation = {
  target: "element",
  lacks: ({ body }, { list }) => (list?.id === body.listId ? undefined : "The list is not there."),
  together: ({ body }) => body.listId ?? 0,
  add: (kommo, rows, { list }, mayLeave) =>
    kommo.addElements(
      rows[0]?.body.listId ?? 0,
      rows.map((row) => ({
        name: row.body.name,
        custom_fields_values: [...(row.body.values ?? []), mark(row, list?.fields.reference)].map(written),
        request_id: String(row.id),
      })),
      mayLeave,
    ),
  find: (kommo, rows, { list }) =>
    search(rows, list?.fields.reference, (row) => kommo.elementsFound(row.body.listId ?? 0, row.marker ?? "")),
  next: ({ leadId, origin, body }, elementId) => ({
    leadId,
    origin,
    target: "link",
    body: { elementId, listId: body.listId ?? 0 },
  }),
};

/** All that Kommo would make twice if it were asked twice. */
export const creations: readonly Creation[] = [note, task, contact, element];

function leadsOf(rows: readonly WriteRow[]): number[] {
  return [...new Set(rows.map((row) => row.leadId))];
}

function responsible({ body }: WriteRow) {
  return body.responsibleUserId === undefined ? {} : { responsible_user_id: body.responsibleUserId };
}

function mark(row: WriteRow, field: number | undefined) {
  return { field: field ?? 0, values: [{ value: row.marker ?? "" }] };
}

/** Kommo's search is loose, so what it finds is compared. */
async function search(
  rows: readonly WriteRow[],
  field: number | undefined,
  ask: (row: WriteRow) => Promise<{ id: number; custom_fields_values: Parameters<typeof showsText>[0] }[]>,
): Promise<Map<string, number>> {
  const marks = new Map<string, number>();
  for (const row of rows) {
    const found = (await ask(row)).find((one) => showsText(one.custom_fields_values, field ?? 0, row.marker ?? ""));
    if (found && row.marker) marks.set(row.marker, found.id);
  }
  return marks;
}
