import qs from "qs";
import type { Call } from "./call.ts";
import { badParameter } from "./problem.ts";

interface Page {
  page: number;
  limit: number;
}

function pageOf(call: Call, max = 250, byDefault = 50): Page {
  const page = positive(call, "page", 1);
  const limit = positive(call, "limit", byDefault);
  if (limit > max) throw badParameter("limit", `This value should be ${max} or less.`);
  return { page, limit };
}

interface ListOptions<T> {
  path: string;
  /** The key under `_embedded`. */
  name: string;
  /** Some resources tell their total; leads, contacts, notes, events and tasks do not. */
  totals?: boolean;
  render: (row: T) => object;
  max?: number;
  byDefault?: number;
}

/** One page in Kommo's envelope; an empty page is nothing at all (204). */
export function list<T>(call: Call, rows: readonly T[], options: ListOptions<T>): object | undefined {
  const { page, limit } = pageOf(call, options.max, options.byDefault);
  const start = (page - 1) * limit;
  const shown = rows.slice(start, start + limit);
  if (shown.length === 0) return undefined;
  const href = (number: number) => {
    const query = qs.stringify({ ...call.query, page: number, limit }, { arrayFormat: "indices" });
    return { href: `${call.origin}/api/v4${options.path}?${query}` };
  };
  return {
    ...(options.totals ? { _total_items: rows.length, _page_count: Math.ceil(rows.length / limit) } : {}),
    _page: page,
    _links: { self: href(page), ...(rows.length > start + limit ? { next: href(page + 1) } : {}) },
    _embedded: { [options.name]: shown.map(options.render) },
  };
}

/** The thin answer of a write. */
export function written(call: Call, path: string, name: string, rows: readonly object[]): object {
  return { _links: call.link(path), _embedded: { [name]: rows } };
}

function positive(call: Call, name: string, byDefault: number): number {
  const value = call.query[name];
  if (value === undefined) return byDefault;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw badParameter(name, "This value should be a positive integer.");
  return number;
}
