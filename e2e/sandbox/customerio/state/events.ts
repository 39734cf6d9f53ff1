import type { Person } from "./person.ts";

export interface StoredEvent {
  person: Person | null;
  anonymousId: string | null;
  id: string | null;
  type: "event" | "page" | "screen";
  name: string;
  /** Unix seconds of the event. */
  timestamp: number;
  attributes: Record<string, unknown>;
}

/** Events received by one workspace. A repeated id is ignored. */
export class Events {
  #events: StoredEvent[] = [];
  readonly #seen = new Set<string>();

  add(event: StoredEvent, scope: "workspace" | "person"): void {
    if (event.id !== null) {
      const key = scope === "person" ? `${event.person?.cioId ?? event.anonymousId} ${event.id}` : event.id;
      if (this.#seen.has(key)) return;
      this.#seen.add(key);
    }
    this.#events.push(event);
  }

  claim(anonymousId: string, person: Person): void {
    for (const event of this.#events) if (event.anonymousId === anonymousId) event.person ??= person;
  }

  move(from: Person, to: Person): void {
    for (const event of this.#events) if (event.person === from) event.person = to;
  }

  all(): StoredEvent[] {
    return [...this.#events];
  }

  of(person: Person): StoredEvent[] {
    return this.#events.filter((event) => event.person === person);
  }
}
