import { newUlid } from "./ulid.ts";

export interface Activity {
  id: string;
  type: string;
  /** Unix seconds. */
  timestamp: number;
  cioId: string | null;
  data: Record<string, unknown>;
}

/** The workspace's log: the only place where a refusal after the 200 can be read. */
export class Activities {
  readonly #log: Activity[] = [];

  add(type: string, now: number, cioId: string | null, data: Record<string, unknown> = {}): void {
    this.#log.push({ id: newUlid(now), type, timestamp: Math.floor(now / 1000), cioId, data });
  }

  all(): Activity[] {
    return [...this.#log];
  }
}
