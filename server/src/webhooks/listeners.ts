import { Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import { type EventType, eventTypes, type KommoEvent } from "./events.ts";

/**
 * A feature's ear. Gets the events of its types in the order in which they were delivered, many at once; changes the
 * database only through `tx`, which is also the transaction that marks the deliveries as done.
 */
export interface Listener {
  name: string;
  types: readonly EventType[];
  hear(tx: Tx, accountId: number, events: KommoEvent[]): Promise<void>;
}

/** Who hears what. Features register here; nothing here knows a feature. */
@Injectable()
export class Listeners implements OnApplicationBootstrap {
  private readonly all: Listener[] = [];

  /** Listeners hear in the order in which they were registered: the read model comes before those who read it. */
  add(listener: Listener) {
    if (this.all.some((l) => l.name === listener.name)) throw new Error(`Two listeners are called ${listener.name}.`);
    this.all.push(listener);
  }

  onApplicationBootstrap() {
    const unheard = eventTypes.filter((type) => !this.all.some((l) => l.types.includes(type)));
    if (unheard.length > 0) throw new Error(`Nobody listens to ${unheard.join(", ")}.`);
  }

  async tell(tx: Tx, accountId: number, events: readonly KommoEvent[]) {
    for (const listener of this.all) {
      const mine = events.filter((event) => listener.types.includes(event.type));
      if (mine.length > 0) await listener.hear(tx, accountId, mine);
    }
  }
}
