import { z } from "zod";
import { InvalidItem, notAChoice } from "../crm/invalid-item.ts";
import { linkCompany, linkContact, linkElement, unlink } from "../crm/linking.ts";
import { may } from "../crm/rights.ts";
import type { Account } from "../state/account.ts";
import type { Link, LinkedType } from "../state/links.ts";
import type { EntityType, Lead, Person } from "../state/rows.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch } from "./batch.ts";
import type { Call } from "./call.ts";
import { ENTITY_TYPES } from "./cards.ts";
import { Filter } from "./filter.ts";
import { list, written } from "./paging.ts";
import { badParameter, forbidden, notFound, Problem } from "./problem.ts";

const linkInput = z.object({
  to_entity_id: z.int(),
  to_entity_type: z.enum(["leads", "contacts", "companies", "catalog_elements"]),
  metadata: z
    .object({
      is_main: z.boolean().optional(),
      catalog_id: z.int().optional(),
      quantity: z.number().optional(),
      price_id: z.int().nullish(),
      updated_by: z.int().optional(),
    })
    .nullish(),
});
type LinkInput = z.output<typeof linkInput>;

const TARGETS: Record<EntityType, readonly LinkedType[]> = {
  leads: ["contacts", "companies", "catalog_elements"],
  contacts: ["leads", "companies", "catalog_elements"],
  companies: ["leads", "contacts", "catalog_elements"],
};

export function linkRoutes(api: Api): void {
  for (const entity of ENTITY_TYPES) {
    api.get(`/${entity}/:id/links`, (call) => {
      const { id } = cardOf(call, entity, "view");
      const links = call.account.links.of(entity, id).filter(linkFilter(call));
      return list(call, links, {
        path: `/${entity}/${id}/links`,
        name: "links",
        totals: true,
        render: (link) => renderLink(entity, link),
      });
    });

    api.post(`/${entity}/:id/link`, (call) => {
      const { id } = cardOf(call, entity, "edit");
      const rows = writeBatch(
        call,
        (item) => readLink(call.account, entity, item),
        (input, request_id) => {
          putLink(call, entity, id, input);
          return { ...echo(entity, id, input), request_id };
        },
      );
      return { _total_items: rows.length, ...written(call, `/${entity}/${id}/links`, "links", rows) };
    });

    api.post(`/${entity}/:id/unlink`, (call) => {
      const { id } = cardOf(call, entity, "edit");
      const read = (item: unknown) => parseItem(linkInput, item);
      writeBatch(call, read, (input) =>
        unlink(call.account, entity, id, input.to_entity_type, input.to_entity_id, call.user.id),
      );
      return undefined;
    });

    batchRoutes(api, entity);
  }
}

/** The forms of amoCRM, which Kommo does not document. */
function batchRoutes(api: Api, entity: EntityType): void {
  const withEntity = linkInput.extend({ entity_id: z.int() });
  const read = (call: Call) => (item: unknown) => {
    const input = parseItem(withEntity, item);
    if (!call.account[entity].get(input.entity_id)) throw new InvalidItem([notAChoice("entity_id")]);
    return { ...readLink(call.account, entity, item), entity_id: input.entity_id };
  };

  api.get(`/${entity}/links`, (call) => {
    onlyIfBatch(call);
    const ids = [...(new Filter(call).ids("entity_id") ?? [])];
    const links = ids.flatMap((id) =>
      call.account.links
        .of(entity, id)
        .filter(linkFilter(call))
        .map((link) => ({ id, link })),
    );
    const render = ({ id, link }: (typeof links)[number]) => ({
      entity_id: id,
      entity_type: entity,
      ...renderLink(entity, link),
    });
    return list(call, links, { path: `/${entity}/links`, name: "links", totals: true, render });
  });

  api.post(`/${entity}/link`, (call) => {
    onlyIfBatch(call);
    const rows = writeBatch(call, read(call), (input) => {
      putLink(call, entity, input.entity_id, input);
      return echo(entity, input.entity_id, input);
    });
    return { _total_items: rows.length, ...written(call, `/${entity}/link`, "links", rows) };
  });

  api.post(`/${entity}/unlink`, (call) => {
    onlyIfBatch(call);
    writeBatch(call, read(call), (input) =>
      unlink(call.account, entity, input.entity_id, input.to_entity_type, input.to_entity_id, call.user.id),
    );
    return undefined;
  });
}

function onlyIfBatch(call: Call): void {
  if (!call.account.switches.batchLinks) throw notFound();
}

function cardOf(call: Call, entity: EntityType, action: "view" | "edit"): Lead | Person {
  const card = call.account[entity].get(call.id());
  if (!card || card.is_deleted) throw notFound();
  if (!may(call.account, call.user, action, entity, card)) throw forbidden();
  return card;
}

function readLink(account: Account, entity: EntityType, item: unknown): LinkInput {
  const input = parseItem(linkInput, item);
  if (!TARGETS[entity].includes(input.to_entity_type)) throw new InvalidItem([notAChoice("to_entity_type")]);
  if (input.to_entity_type !== "catalog_elements") {
    const target = account[input.to_entity_type].get(input.to_entity_id);
    if (!target || target.is_deleted) throw new InvalidItem([notAChoice("to_entity_id")]);
    return input;
  }
  const catalog_id = input.metadata?.catalog_id;
  if (catalog_id === undefined) {
    throw new InvalidItem([{ code: "FieldMissing", path: "metadata.catalog_id", detail: "This field is missing." }]);
  }
  if (account.elements.get(input.to_entity_id)?.catalog_id !== catalog_id)
    throw new InvalidItem([notAChoice("to_entity_id")]);
  return input;
}

/** A link is the same from both ends, so it is always written from the lead, or else from the contact. */
function putLink(
  call: Call,
  entity: EntityType,
  id: number,
  { to_entity_type: to, to_entity_id, metadata }: LinkInput,
): void {
  const by = metadata?.updated_by ?? call.user.id;
  const { account } = call;
  if (to === "catalog_elements") {
    const catalog_id = metadata?.catalog_id ?? 0;
    const others = account.links
      .of("catalog_elements", to_entity_id, "leads")
      .filter((link) => link.to_entity_id !== id);
    if (entity === "leads" && others.length > 0 && !account.catalogs.get(catalog_id)?.can_link_multiple) {
      throw new Problem(400, "This element is linked to another lead.");
    }
    const wish = { catalog_id, quantity: metadata?.quantity ?? 1, price_id: metadata?.price_id ?? null };
    linkElement(account, entity, id, to_entity_id, wish, by);
  } else if (to === "contacts" && entity === "leads") linkContact(account, id, to_entity_id, metadata?.is_main, by);
  else if (to === "leads" && entity === "contacts") linkContact(account, to_entity_id, id, metadata?.is_main, by);
  else if (to === "companies") linkCompany(account, entity, id, to_entity_id, by);
  else if (entity === "companies") linkCompany(account, to as EntityType, to_entity_id, id, by);
}

function linkFilter(call: Call): (link: Link) => boolean {
  const filter = new Filter(call);
  const ids = filter.ids("to_entity_id");
  const type = filter.text("to_entity_type");
  const catalogs = filter.ids("to_catalog_id");
  if ((ids === undefined) !== (type === undefined)) {
    throw badParameter("filter.to_entity_id", "to_entity_id and to_entity_type go together.");
  }
  return (link) =>
    (ids?.has(link.to_entity_id) ?? true) &&
    (type === undefined || link.to_entity_type === type) &&
    (catalogs === undefined || (link.catalog_id !== null && catalogs.has(link.catalog_id)));
}

/** Written as `is_main`, read as `main_contact`. */
function renderLink(entity: EntityType, link: Link): object {
  const { to_entity_id, to_entity_type, is_main, quantity, catalog_id, price_id } = link;
  const ofContact = to_entity_type === "contacts" || (entity === "contacts" && to_entity_type === "leads");
  const ofElement = { quantity, catalog_id, ...(price_id === null ? {} : { price_id }) };
  const metadata = to_entity_type === "catalog_elements" ? ofElement : ofContact ? { main_contact: is_main } : null;
  return { to_entity_id, to_entity_type, metadata };
}

function echo(entity: EntityType, id: number, { to_entity_id, to_entity_type, metadata }: LinkInput): object {
  return { entity_id: id, entity_type: entity, to_entity_id, to_entity_type, metadata: metadata ?? null };
}
