export interface Row {
  readonly id: number;
  updated_at: number;
}

interface Mark<R> {
  at: number;
  row: R;
}

/** Rows by id, by the time of their last change, and (where it is told how) by their parent, none of it by scanning. */
export class Table<R extends Row> {
  readonly #rows = new Map<number, R>();
  readonly #children = new Map<string, R[]>();
  /** Sorted by time. A row changed twice stands here twice; only the mark that equals its `updated_at` counts. */
  #marks: Mark<R>[] = [];
  readonly #visibleAt = new Map<R, number>();
  readonly #parentOf: ((row: R) => string) | undefined;

  constructor(parentOf?: (row: R) => string) {
    this.#parentOf = parentOf;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: number): R | undefined {
    return this.#rows.get(id);
  }

  values(): Iterable<R> {
    return this.#rows.values();
  }

  of(parent: string): readonly R[] {
    return this.#children.get(parent) ?? [];
  }

  /** `readableAt`: the time (ms) from which on reads may show it. */
  add(row: R, readableAt = 0): R {
    this.#rows.set(row.id, row);
    if (readableAt > 0) this.#visibleAt.set(row, readableAt);
    this.#mark(row);
    if (this.#parentOf) {
      const parent = this.#parentOf(row);
      const siblings = this.#children.get(parent);
      if (siblings) siblings.push(row);
      else this.#children.set(parent, [row]);
    }
    return row;
  }

  /** To be called after `updated_at` was set. */
  touched(row: R): void {
    this.#mark(row);
    if (this.#marks.length > 1000 && this.#marks.length > 4 * this.#rows.size) {
      this.#marks = this.#marks.filter((mark) => mark.at === mark.row.updated_at);
    }
  }

  /** Rows last changed from `from` to `to`, both included. */
  changed(from: number, to: number): R[] {
    const hits = new Set<R>();
    for (let i = this.#firstAtOrAfter(from); i < this.#marks.length; i++) {
      const { at, row } = this.#marks[i]!;
      if (at > to) break;
      if (at === row.updated_at) hits.add(row);
    }
    return [...hits];
  }

  visible(row: R, nowMs: number): boolean {
    return this.#visibleAt.size === 0 || (this.#visibleAt.get(row) ?? 0) <= nowMs;
  }

  #mark(row: R): void {
    const at = row.updated_at;
    const last = this.#marks.at(-1);
    if (!last || last.at <= at) this.#marks.push({ at, row });
    else this.#marks.splice(this.#firstAtOrAfter(at), 0, { at, row });
  }

  #firstAtOrAfter(at: number): number {
    let low = 0;
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#marks[middle]!.at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
