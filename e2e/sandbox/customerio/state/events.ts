import type { Person } from "./person.ts";
import { newUlid } from "./ulid.ts";

export interface StoredEvent {
  /** What the service calls it, whatever id it was sent with. */
  ownId: string;
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

  /** @returns undefined for a repeated id */
  add(
    event: Omit<StoredEvent, "ownId">,
    { scope, now }: { scope: "workspace" | "person"; now: number },
  ): StoredEvent | undefined {
    if (event.id !== null) {
      const key = scope === "person" ? `${event.person?.cioId ?? event.anonymousId} ${event.id}` : event.id;
      if (this.#seen.has(key)) return undefined;
      this.#seen.add(key);
    }
    const stored = { ...event, ownId: newUlid(now) };
    this.#events.push(stored);
    return stored;
  }

  /** @returns what is the person's only now */
  claim(anonymousId: string, person: Person): StoredEvent[] {
    const claimed = this.#events.filter((event) => event.anonymousId === anonymousId && event.person === null);
    for (const event of claimed) event.person = person;
    return claimed;
  }

  move(from: Person, to: Person): void {
    for (const event of this.#events) if (event.person === from) event.person = to;
  }

  all(): StoredEvent[] {
    return [...this.#events];
  }

  find(person: Person, id: string): StoredEvent | undefined {
    return this.of(person).find((event) => event.id === id || event.ownId === id);
  }

  of(person: Person): StoredEvent[] {
    return this.#events.filter((event) => event.person === person);
  }
}
