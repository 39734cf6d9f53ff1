import { randomBytes } from "node:crypto";
import type { Person } from "./person.ts";

export type Parent = Record<string, number | string | null>;

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
}

/** Mails of one workspace. */
export class Messages {
  readonly #messages = new Map<string, Message>();

  create(person: Person, subject: string, parent: Parent, created: number): Message {
    const deliveryId = `dg${randomBytes(11).toString("base64url")}==`;
    const message = { deliveryId, person, recipient: person.address ?? "", subject, parent, created, metrics: {} };
    this.#messages.set(deliveryId, message);
    return message;
  }

  find(deliveryId: string): Message | undefined {
    return this.#messages.get(deliveryId);
  }

  /** Newest first. */
  of(person: Person): Message[] {
    return [...this.#messages.values()].filter((message) => message.person === person).reverse();
  }
}
