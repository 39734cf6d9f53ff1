import { z } from "zod";
import { emptyFieldSet } from "../state/account.ts";
import type { Catalog } from "../state/settings.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { list, written } from "./paging.ts";
import { notFound, Problem } from "./problem.ts";

const MOST = 10;

const catalogInput = z.object({
  name: z.string().min(1),
  type: z.enum(["regular", "products", "invoices"]).optional(),
  sort: z.int().optional(),
  can_add_elements: z.boolean().optional(),
  can_link_multiple: z.boolean().optional(),
  can_show_in_cards: z.boolean().optional(),
});

/** Lists. They cannot be deleted by API. */
export function catalogRoutes(api: Api): void {
  const path = "/catalogs";

  api.get(path, (call) => {
    const catalogs = [...call.account.catalogs.values()];
    return list(call, catalogs, { path, name: "catalogs", render: (catalog) => renderCatalog(call, catalog) });
  });

  api.get(`${path}/:id`, (call) => renderCatalog(call, catalogOf(call)));

  api.post(path, (call) => {
    const rows = writeBatch(
      call,
      (item) => parseItem(catalogInput, item),
      (wish, request_id) => {
        const catalog = createCatalog(call, wish);
        call.created += 1;
        return { ...renderCatalog(call, catalog), request_id };
      },
    );
    return written(call, path, "catalogs", rows);
  });

  api.patch(path, (call) => {
    const read = (item: unknown) => parseItem(catalogInput.partial().extend({ id: z.int() }), item);
    const rows = writeBatch(call, read, ({ id, ...change }, request_id) => {
      const catalog = call.account.catalogs.get(id);
      if (!catalog) throw notFound();
      return { ...changeCatalog(call, catalog, change), request_id };
    });
    return written(call, path, "catalogs", rows);
  });

  api.patch(`${path}/:id`, (call) => {
    const catalog = catalogOf(call);
    return writeOne(
      call,
      (item) => parseItem(catalogInput.partial(), item),
      (change) => changeCatalog(call, catalog, change),
    );
  });
}

export function catalogOf(call: Call, name = "id"): Catalog {
  const catalog = call.account.catalogs.get(call.id(name));
  if (!catalog) throw notFound();
  return catalog;
}

function createCatalog(call: Call, wish: z.output<typeof catalogInput>): Catalog {
  const { account, user } = call;
  const type = wish.type ?? "regular";
  if (account.catalogs.size >= MOST) throw new Problem(400, `There can be at most ${MOST} lists.`);
  const isOnlyOne = type !== "regular" && [...account.catalogs.values()].some((catalog) => catalog.type === type);
  if (isOnlyOne) throw new Problem(400, `There is a list of ${type} already.`);
  const now = account.clock.seconds();
  const catalog: Catalog = {
    id: account.ids.next("catalog"),
    name: wish.name,
    type,
    sort: wish.sort ?? (account.catalogs.size + 1) * 10,
    can_add_elements: wish.can_add_elements ?? true,
    can_link_multiple: wish.can_link_multiple ?? true,
    can_show_in_cards: wish.can_show_in_cards ?? false,
    created_by: user.id,
    updated_by: user.id,
    created_at: now,
    updated_at: now,
    fieldSet: emptyFieldSet(),
  };
  account.catalogs.set(catalog.id, catalog);
  return catalog;
}

/** A list stays of the type it was made. */
function changeCatalog(
  call: Call,
  catalog: Catalog,
  { type: _, ...change }: Partial<z.output<typeof catalogInput>>,
): object {
  Object.assign(catalog, change, { updated_by: call.user.id, updated_at: call.account.clock.seconds() });
  return renderCatalog(call, catalog);
}

function renderCatalog(call: Call, { fieldSet: _, ...catalog }: Catalog): object {
  const { id } = catalog;
  const rest = { can_be_deleted: true, sdk_widget_code: null, account_id: call.account.id };
  return { ...catalog, ...rest, _links: call.link(`/catalogs/${id}`) };
}
