import type { Call, Query } from "./call.ts";
import { badParameter } from "./problem.ts";

/** What stands under `filter[…]`, read in the shapes that clients send. */
export class Filter {
  readonly #filter: Query;

  constructor(call: Call) {
    const given = call.query.filter;
    this.#filter = typeof given === "object" && given !== null ? (given as Query) : {};
  }

  raw(name: string): unknown {
    return this.#filter[name];
  }

  text(name: string): string | undefined {
    const value = this.#filter[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** `filter[id][]=1&filter[id][]=2`, `filter[id][0]=1` or `filter[id]=1`. */
  texts(name: string): string[] | undefined {
    const value = this.#filter[name];
    if (value === undefined || value === "") return undefined;
    return (typeof value === "object" && value !== null ? Object.values(value) : [value]).map(String);
  }

  ids(name: string): Set<number> | undefined {
    const texts = this.texts(name);
    return texts && new Set(texts.map(Number));
  }

  /** `filter[x][from]`, `filter[x][to]`, both included; a bare value is both ends. */
  range(name: string): { from: number; to: number } | undefined {
    const value = this.#filter[name];
    if (value === undefined || value === "") return undefined;
    const ends = typeof value === "object" && value !== null ? (value as Query) : { from: value, to: value };
    const from = Number(ends.from ?? 0);
    const to = Number(ends.to ?? Number.MAX_SAFE_INTEGER);
    if (Number.isNaN(from) || Number.isNaN(to)) throw badParameter(`filter.${name}`, "This value should be a number.");
    return { from, to };
  }

  /** Pairs `filter[statuses][0][pipeline_id]` and `[status_id]`; one without the other is refused. */
  stages(): { pipeline_id: number; status_id: number }[] | undefined {
    const value = this.#filter.statuses;
    if (typeof value !== "object" || value === null) return undefined;
    return Object.values(value).map((pair: Query, index) => {
      const { pipeline_id, status_id } = pair;
      if (pipeline_id === undefined || status_id === undefined) {
        throw badParameter(`filter.statuses.${index}`, "Both pipeline_id and status_id are needed.");
      }
      return { pipeline_id: Number(pipeline_id), status_id: Number(status_id) };
    });
  }
}

type Sortable = "id" | "created_at" | "updated_at" | "complete_till" | "sort";

/** `order[updated_at]=asc`; lists are in the order of their ids otherwise. */
export function inOrder<R extends { id: number }>(call: Call, rows: R[], allowed: readonly Sortable[]): R[] {
  const order = call.query.order;
  const [key, direction] = (typeof order === "object" && order !== null ? Object.entries(order)[0] : undefined) ?? [];
  const by = (allowed.find((name) => name === key) ?? "id") as keyof R;
  const sign = direction === "desc" ? -1 : 1;
  return rows.sort((a, b) => sign * (Number(a[by]) - Number(b[by]) || a.id - b.id));
}

/** Has this value one of the wanted ones? True when nothing is asked. */
export function among<T>(wanted: ReadonlySet<T> | undefined, value: T): boolean {
  return wanted === undefined || wanted.has(value);
}

export function within(range: { from: number; to: number } | undefined, value: number | null): boolean {
  return range === undefined || (value !== null && value >= range.from && value <= range.to);
}
