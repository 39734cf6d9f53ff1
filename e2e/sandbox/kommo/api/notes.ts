import { z } from "zod";
import { InvalidItem, notAChoice } from "../crm/invalid-item.ts";
import { addNote, editNote } from "../crm/notes.ts";
import { may } from "../crm/rights.ts";
import type { EntityType, Note } from "../state/rows.ts";
import type { Api } from "./api.ts";
import { parseItem, seconds, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { ENTITY_TYPES } from "./cards.ts";
import { among, Filter, inOrder, within } from "./filter.ts";
import { noteParams, WRITABLE_NOTES } from "./note-params.ts";
import { list, written } from "./paging.ts";
import { notFound } from "./problem.ts";

const noteInput = z.object({
  entity_id: z.int(),
  note_type: z.enum(WRITABLE_NOTES),
  params: z.record(z.string(), z.unknown()),
  created_by: z.int().optional(),
  created_at: seconds.optional(),
  is_need_to_trigger_digital_pipeline: z.boolean().optional(),
});
const noteChange = z.object({ id: z.int(), params: z.record(z.string(), z.unknown()).optional() });

/** A note can be made and edited, never deleted. */
export function noteRoutes(api: Api): void {
  for (const entity of ENTITY_TYPES) {
    const path = `/${entity}/notes`;
    const lists = (call: Call, notes: Note[], at: string) =>
      list(call, inOrder(call, notes.filter(noteFilter(call, entity)), ["updated_at", "id"]), {
        path: at,
        name: "notes",
        render: (note) => renderNote(call, note),
      });

    api.get(path, (call) => {
      const changed = new Filter(call).range("updated_at");
      return lists(
        call,
        changed ? call.account.notes.changed(changed.from, changed.to) : [...call.account.notes.values()],
        path,
      );
    });
    api.get(`/${entity}/:id/notes`, (call) => {
      const parent = `${entity}:${call.id()}`;
      return lists(call, [...call.account.notes.of(parent)], `/${entity}/${call.id()}/notes`);
    });
    api.get(`${path}/:id`, (call) => renderNote(call, noteOf(call, entity)));

    const create = (call: Call, entityId?: number) => {
      const rows = writeBatch(
        call,
        (item) => readNote(call, entity, item, entityId),
        (wish, request_id) => {
          const { id, entity_id } = addNote(call.account, wish, call.user.id);
          call.created += 1;
          return { id, entity_id, request_id, _links: call.link(`${path}/${id}`) };
        },
      );
      return written(call, path, "notes", rows);
    };
    api.post(path, (call) => create(call));
    api.post(`/${entity}/:id/notes`, (call) => create(call, call.id()));

    api.patch(path, (call) => {
      const rows = writeBatch(
        call,
        (item) => readChange(call, entity, item),
        (change, request_id) => ({ ...change(), request_id }),
      );
      return written(call, path, "notes", rows);
    });
    api.patch(`${path}/:id`, (call) => {
      const { id } = noteOf(call, entity);
      return writeOne(
        call,
        (item) => readChange(call, entity, item),
        (change) => change(),
        id,
      );
    });

    for (const [verb, is_pinned] of [
      ["pin", true],
      ["unpin", false],
    ] as const) {
      api.post(`${path}/:id/${verb}`, (call) => {
        noteOf(call, entity).is_pinned = is_pinned;
        return undefined;
      });
    }
  }
}

function noteOf(call: Call, entity: EntityType): Note {
  const note = call.account.notes.get(call.id());
  if (note?.entity_type !== entity) throw notFound();
  return note;
}

function noteFilter(call: Call, entity: EntityType): (note: Note) => boolean {
  const filter = new Filter(call);
  const ids = filter.ids("id");
  const parents = filter.ids("entity_id");
  const types = filter.texts("note_type");
  const changed = filter.range("updated_at");
  const now = call.account.clock.now();
  return (note) => {
    const card = call.account[entity].get(note.entity_id);
    return (
      note.entity_type === entity &&
      among(ids, note.id) &&
      among(parents, note.entity_id) &&
      (types === undefined || types.includes(note.note_type)) &&
      within(changed, note.updated_at) &&
      call.account.notes.visible(note, now) &&
      card !== undefined &&
      may(call.account, call.user, "view", entity, card)
    );
  };
}

function readNote(call: Call, entity: EntityType, item: unknown, entityId: number | undefined) {
  const input = parseItem(noteInput, entityId === undefined ? item : { entity_id: entityId, ...(item as object) });
  const card = call.account[entity].get(input.entity_id);
  if (!card || card.is_deleted) throw new InvalidItem([notAChoice("entity_id")]);
  if (input.created_by && !call.account.users.has(input.created_by)) throw new InvalidItem([notAChoice("created_by")]);
  const params = parseItem(z.object({ params: noteParams[input.note_type] }), { params: input.params }).params;
  return { ...input, params, entity_type: entity };
}

function readChange(call: Call, entity: EntityType, item: unknown): () => object {
  const input = parseItem(noteChange, item);
  const note = call.account.notes.get(input.id);
  if (note?.entity_type !== entity) throw new InvalidItem([notAChoice("id")]);
  return () => {
    editNote(call.account, note, input.params ?? {}, call.user.id);
    const { id, entity_id, updated_at } = note;
    return { id, entity_id, updated_at, _links: call.link(`/${entity}/notes/${id}`) };
  };
}

function renderNote(call: Call, { entity_type, is_pinned, ...note }: Note): object {
  return {
    ...note,
    ...(call.with("is_pinned") ? { is_pinned } : {}),
    account_id: call.account.id,
    _links: call.link(`/${entity_type}/notes/${note.id}`),
  };
}
