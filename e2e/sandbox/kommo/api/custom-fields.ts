import type { Account } from "../state/account.ts";
import type { CustomField, FieldSet } from "../state/settings.ts";
import { Answer, type Api } from "./api.ts";
import { writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { ENTITY_TYPES } from "./cards.ts";
import { changeField, createField, type FieldHome, readField, readFieldChange } from "./field-definition.ts";
import { among, Filter, inOrder } from "./filter.ts";
import { list } from "./paging.ts";
import { notFound, Problem } from "./problem.ts";

export function customFieldRoutes(api: Api): void {
  for (const entity of ENTITY_TYPES) {
    fieldRoutes(api, `/${entity}/custom_fields`, (call) => ({ kind: entity, set: call.account.fields[entity] }));
  }
  fieldRoutes(api, "/catalogs/:catalogId/custom_fields", (call) => {
    const catalog = call.account.catalogs.get(call.id("catalogId"));
    if (!catalog) throw notFound();
    return { kind: "catalogs", set: catalog.fieldSet };
  });
}

function fieldRoutes(api: Api, path: string, home: (call: Call) => FieldHome): void {
  api.get(path, (call) => {
    const filter = new Filter(call);
    const types = filter.texts("type");
    const ids = filter.ids("id");
    const fields = [...home(call).set.fields.values()].filter(
      (field) => (types === undefined || types.includes(field.type)) && among(ids, field.id),
    );
    return list(call, inOrder(call, fields, ["sort", "id"]), {
      path: actualPath(call, path),
      name: "custom_fields",
      totals: true,
      render: (field) => renderField(call, path, field),
    });
  });

  api.get(`${path}/:id`, (call) => renderField(call, path, fieldOf(call, home(call).set)));

  api.post(path, (call) => {
    call.adminOnly();
    const { kind, set } = home(call);
    const rows = writeBatch(
      call,
      (item) => readField(call.account, kind, set, item),
      (wish, request_id) => {
        const field = createField(call.account, set, wish);
        call.created += 1;
        return { ...renderField(call, path, field), request_id };
      },
    );
    return new Answer(201, { _total_items: rows.length, _embedded: { custom_fields: rows } });
  });

  api.patch(path, (call) => {
    call.adminOnly();
    const { kind, set } = home(call);
    const read = (item: unknown) => ({ field: fieldNamed(set, item), change: readFieldChange(kind, item) });
    const rows = writeBatch(call, read, ({ field, change }) => {
      changeField(call.account, field, change);
      return renderField(call, path, field);
    });
    return { _total_items: rows.length, _embedded: { custom_fields: rows } };
  });

  api.patch(`${path}/:id`, (call) => {
    call.adminOnly();
    const { kind, set } = home(call);
    const field = fieldOf(call, set);
    return writeOne(
      call,
      (item) => readFieldChange(kind, item),
      (change) => {
        changeField(call.account, field, change);
        return renderField(call, path, field);
      },
    );
  });

  api.delete(`${path}/:id`, (call) => {
    call.adminOnly();
    if (!call.account.switches.deleteCustomFields) throw new Problem(405, "Method Not Allowed");
    const { set } = home(call);
    const field = fieldOf(call, set);
    if (!field.is_deletable) throw new Problem(400, "This field cannot be deleted.");
    set.fields.delete(field.id);
    return undefined;
  });
}

function fieldOf(call: Call, set: FieldSet): CustomField {
  const field = set.fields.get(call.id());
  if (!field) throw notFound();
  return field;
}

function fieldNamed(set: FieldSet, item: unknown): CustomField {
  const id = typeof item === "object" && item !== null && "id" in item ? Number(item.id) : Number.NaN;
  const field = set.fields.get(id);
  if (!field) throw notFound();
  return field;
}

function actualPath(call: Call, path: string): string {
  return path.replace(":catalogId", call.params.catalogId ?? "");
}

/** All keys, always: the vendor's client fails on a definition without `account_id`. */
function renderField(call: Call, path: string, field: CustomField): object {
  const { is_visible, is_required, ...common } = field;
  const ofList = path.startsWith("/catalogs");
  const account: Account = call.account;
  return {
    ...common,
    ...(ofList ? { is_visible, is_required } : {}),
    is_computed: false,
    triggers: [],
    account_id: account.id,
    entity_type: ofList ? "catalogs" : path.split("/")[1],
    _links: call.link(`${actualPath(call, path)}/${field.id}`),
  };
}
