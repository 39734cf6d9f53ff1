import { z } from "zod";
import { applyFieldChanges, type FieldChange, readFieldValues } from "../crm/field-values.ts";
import { InvalidItem, type ItemError, notAChoice, refuse } from "../crm/invalid-item.ts";
import { readableAt } from "../state/account.ts";
import type { CatalogElement } from "../state/rows.ts";
import type { Catalog } from "../state/settings.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { fieldValuesInput } from "./card-input.ts";
import { renderValues } from "./cards.ts";
import { catalogOf } from "./catalogs.ts";
import { among, Filter } from "./filter.ts";
import { list, written } from "./paging.ts";

const elementInput = z.object({
  id: z.int().optional(),
  name: z.string().optional(),
  custom_fields_values: fieldValuesInput,
});

interface ElementChange {
  name: string | undefined;
  values: FieldChange[];
}

/** What stands in a list. An element cannot be deleted by API, only unlinked. */
export function elementRoutes(api: Api): void {
  const path = "/catalogs/:catalogId/elements";

  api.get(path, (call) => {
    const catalog = catalogOf(call, "catalogId");
    const ids = new Filter(call).ids("id");
    const query = String(call.query.query ?? "").toLowerCase();
    const now = call.account.clock.now();
    const elements = call.account.elements
      .of(String(catalog.id))
      .filter((one) => !one.is_deleted && call.account.elements.visible(one, now))
      .filter((one) => among(ids, one.id) && searchText(one).includes(query));
    return list(call, elements, {
      path: pathOf(catalog),
      name: "elements",
      render: (one) => renderElement(call, catalog, one),
    });
  });

  api.get(`${path}/:id`, (call) => {
    const catalog = catalogOf(call, "catalogId");
    const element = call.account.elements.get(call.id());
    return element?.catalog_id === catalog.id ? renderElement(call, catalog, element) : undefined;
  });

  api.post(path, (call) => {
    const catalog = catalogOf(call, "catalogId");
    const read = (item: unknown) => {
      const change = readElement(call, catalog, item);
      if (!change.name)
        throw new InvalidItem([{ code: "FieldMissing", path: "name", detail: "This field is missing." }]);
      return change;
    };
    const rows = writeBatch(call, read, (wish, request_id) => {
      const element = createElement(call, catalog, wish);
      call.created += 1;
      return { ...renderElement(call, catalog, element), request_id };
    });
    return written(call, pathOf(catalog), "elements", rows);
  });

  api.patch(path, (call) => {
    const catalog = catalogOf(call, "catalogId");
    const rows = writeBatch(
      call,
      (item) => readChange(call, catalog, item),
      (change) => change(),
    );
    return written(call, pathOf(catalog), "elements", rows);
  });

  api.patch(`${path}/:id`, (call) => {
    const catalog = catalogOf(call, "catalogId");
    return writeOne(
      call,
      (item) => readChange(call, catalog, item),
      (change) => change(),
      call.id(),
    );
  });
}

function readElement(call: Call, catalog: Catalog, item: unknown): ElementChange {
  const input = parseItem(elementInput, item);
  const errors: ItemError[] = [];
  const values = readFieldValues(catalog.fieldSet, input.custom_fields_values ?? [], call.account.switches, errors);
  refuse(errors);
  return { name: input.name, values };
}

function readChange(call: Call, catalog: Catalog, item: unknown): () => object {
  const element = call.account.elements.get(parseItem(elementInput, item).id ?? 0);
  if (element?.catalog_id !== catalog.id) throw new InvalidItem([notAChoice("id")]);
  const change = readElement(call, catalog, item);
  return () => {
    element.name = change.name ?? element.name;
    element.updated_by = call.user.id;
    element.updated_at = call.account.clock.seconds();
    applyFieldChanges(element.values, change.values);
    call.account.elements.touched(element);
    return renderElement(call, catalog, element);
  };
}

function createElement(call: Call, catalog: Catalog, wish: ElementChange): CatalogElement {
  const { account, user } = call;
  const now = account.clock.seconds();
  const element: CatalogElement = {
    id: account.ids.next("element"),
    catalog_id: catalog.id,
    name: wish.name ?? "",
    created_by: user.id,
    updated_by: user.id,
    created_at: now,
    updated_at: now,
    is_deleted: false,
    values: new Map(),
  };
  applyFieldChanges(element.values, wish.values);
  account.elements.add(element, readableAt(account));
  return element;
}

function searchText(element: CatalogElement): string {
  const values = [...element.values.values()].flat().map((one) => String(one.value ?? ""));
  return [element.name, ...values].join("\n").toLowerCase();
}

function pathOf(catalog: Catalog): string {
  return `/catalogs/${catalog.id}/elements`;
}

function renderElement(call: Call, catalog: Catalog, { values, ...element }: CatalogElement): object {
  return {
    ...element,
    custom_fields_values: renderValues(catalog.fieldSet, values),
    account_id: call.account.id,
    _links: call.link(`${pathOf(catalog)}/${element.id}`),
    _embedded: {},
  };
}
