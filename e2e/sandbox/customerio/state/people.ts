import { Person } from "./person.ts";

/** Exactly one of them is given. */
export interface Identifiers {
  id?: string;
  email?: string;
  phone?: string;
  cio_id?: string;
}

/** The people of one workspace, and the identifiers that may never come back. */
export class People {
  readonly #people = new Set<Person>();
  readonly #suppressed = new Set<string>();
  #lastCioId = 0;

  find({ id, email, phone, cio_id }: Identifiers): Person | undefined {
    const wanted = email?.toLowerCase();
    for (const person of this.#people) {
      if (
        (id !== undefined && person.id === id) ||
        (wanted !== undefined && person.email?.toLowerCase() === wanted) ||
        (phone !== undefined && person.phone === phone) ||
        (cio_id !== undefined && person.cioId === cio_id)
      )
        return person;
    }
    return undefined;
  }

  create(now: number): Person {
    this.#lastCioId += 1;
    const person = new Person(`a1b2c3${this.#lastCioId.toString(16).padStart(6, "0")}`, now);
    this.#people.add(person);
    return person;
  }

  has(person: Person): boolean {
    return this.#people.has(person);
  }

  delete(person: Person): void {
    this.#people.delete(person);
  }

  all(): Person[] {
    return [...this.#people];
  }

  suppress(identifiers: Identifiers): void {
    const person = this.find(identifiers);
    const known = person && {
      id: person.id ?? undefined,
      email: person.email ?? undefined,
      phone: person.phone ?? undefined,
      cio_id: person.cioId,
    };
    for (const key of keysOf({ ...known, ...identifiers })) this.#suppressed.add(key);
    if (person) this.delete(person);
  }

  unsuppress(identifiers: Identifiers): void {
    for (const key of keysOf(identifiers)) this.#suppressed.delete(key);
  }

  isSuppressed(identifiers: Identifiers): boolean {
    return keysOf(identifiers).some((key) => this.#suppressed.has(key));
  }
}

function keysOf(identifiers: Identifiers): string[] {
  return Object.entries(identifiers)
    .filter(([, value]) => value !== undefined)
    .map(([kind, value]) => `${kind} ${kind === "email" ? value.toLowerCase() : value}`);
}
