import { randomBytes } from "node:crypto";
import type { StoredEvent } from "./events.ts";
import type { Person } from "./person.ts";

export type Parent = Record<string, number | string | null>;

/** Something that happened to a mail. */
export interface Happening {
  metric: string;
  /** Unix seconds. */
  at: number;
  extra: Record<string, unknown>;
}

export interface Message {
  /** A secret between the service and the recipient: it is enough to unsubscribe. */
  deliveryId: string;
  person: Person;
  recipient: string;
  subject: string;
  /** What sent it: the ids of a campaign, a broadcast, a newsletter or a transactional message. */
  parent: Parent;
  /** Unix seconds. */
  created: number;
  /** When each metric came first, in unix seconds. */
  metrics: Record<string, number>;
  /** Everything that happened to it, in the order in which it was told. */
  log: Happening[];
  /** The event that made its campaign write. */
  startedBy: StoredEvent | null;
}

/** Mails of one workspace. */
export class Messages {
  readonly #messages = new Map<string, Message>();

  create(
    person: Person,
    mail: Pick<Message, "recipient" | "subject" | "parent" | "created"> & { startedBy?: StoredEvent },
  ): Message {
    const deliveryId = `dg${randomBytes(11).toString("base64url")}==`;
    const message = { startedBy: null, ...mail, deliveryId, person, metrics: {}, log: [] };
    this.#messages.set(deliveryId, message);
    return message;
  }

  find(deliveryId: string): Message | undefined {
    return this.#messages.get(deliveryId);
  }

  move(from: Person, to: Person): void {
    for (const message of this.#messages.values()) if (message.person === from) message.person = to;
  }

  /** Newest first. */
  of(person: Person): Message[] {
    return [...this.#messages.values()].filter((message) => message.person === person).reverse();
  }
}
