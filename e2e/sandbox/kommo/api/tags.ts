import { z } from "zod";
import { ensureTag } from "../crm/tagging.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch } from "./batch.ts";
import { ENTITY_TYPES } from "./cards.ts";
import { among, Filter } from "./filter.ts";
import { list, written } from "./paging.ts";

const tagInput = z.object({ name: z.string().min(1), color: z.string().nullish() });

/** A tag can be made and found, not renamed or deleted. */
export function tagRoutes(api: Api): void {
  for (const entity of ENTITY_TYPES) {
    const path = `/${entity}/tags`;

    api.get(path, (call) => {
      const filter = new Filter(call);
      const ids = filter.ids("id");
      const names = filter.texts("name");
      const query = String(call.query.query ?? "").toLowerCase();
      const tags = [...call.account.tags[entity].byId.values()].filter(
        (tag) =>
          among(ids, tag.id) &&
          (names === undefined || names.includes(tag.name)) &&
          tag.name.toLowerCase().includes(query),
      );
      return list(call, tags, { path, name: "tags", render: (tag) => tag });
    });

    api.post(path, (call) => {
      const rows = writeBatch(
        call,
        (item) => parseItem(tagInput, item),
        (wish, request_id) => {
          const known = call.account.tags[entity].byId.size;
          const tag = ensureTag(call.account, entity, wish.name, entity === "leads" ? (wish.color ?? null) : null);
          call.created += call.account.tags[entity].byId.size - known;
          return { ...tag, request_id };
        },
      );
      return { _total_items: rows.length, ...written(call, path, "tags", rows) };
    });
  }
}
