interface Shown<Row> {
  element: HTMLElement;
  show(row: Row): void;
}

/** Children that stay the same elements while what they show changes, so that focus is not lost to a look at the news. */
export class Rows<Row> {
  readonly #parent: HTMLElement;
  readonly #keyOf: (row: Row) => string;
  readonly #make: (row: Row) => Shown<Row>;
  #shown = new Map<string, Shown<Row>>();

  constructor(parent: HTMLElement, keyOf: (row: Row) => string, make: (row: Row) => Shown<Row>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  show(rows: Row[]): void {
    const before = this.#shown;
    this.#shown = new Map(rows.map((row) => [this.#keyOf(row), before.get(this.#keyOf(row)) ?? this.#make(row)]));
    for (const [key, { element }] of before) if (!this.#shown.has(key)) element.remove();
    let place = this.#parent.firstElementChild;
    for (const row of rows) {
      const shown = this.#shown.get(this.#keyOf(row))!;
      shown.show(row);
      if (shown.element === place) place = place.nextElementSibling;
      else this.#parent.insertBefore(shown.element, place);
    }
  }
}
