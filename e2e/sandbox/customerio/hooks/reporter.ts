import type { Message } from "../state/messages.ts";
import type { Person } from "../state/person.ts";
import { newUlid } from "../state/ulid.ts";
import type { Workspace } from "../state/workspace.ts";
import type { WebhookSender } from "./sender.ts";

export type EmailMetric =
  | "drafted"
  | "attempted"
  | "sent"
  | "delivered"
  | "opened"
  | "clicked"
  | "converted"
  | "unsubscribed"
  | "bounced"
  | "dropped"
  | "undeliverable"
  | "failed"
  | "spammed";

/** Turns what happens into the envelopes of reporting webhooks. */
export class Reporter {
  readonly #sender: WebhookSender;

  constructor(sender: WebhookSender) {
    this.#sender = sender;
  }

  /** `at` is unix seconds: late news tell when it happened, not when it was sent. */
  email(
    workspace: Workspace,
    message: Message,
    metric: EmailMetric,
    at: number,
    extra: Record<string, unknown> = {},
  ): void {
    const isFirst = message.metrics[metric] === undefined;
    message.metrics[metric] ??= at;
    message.log.push({ metric, at, extra });
    const { deliveryId: delivery_id, recipient, subject, parent } = message;
    const about = {
      ...(metric === "failed" || metric === "attempted" ? {} : { recipient }),
      ...(metric === "attempted" ? {} : { subject }),
    };
    const data = { ...whoIs(workspace, message.person), delivery_id, ...parent, ...about, ...extra };
    this.#send(workspace, { objectType: "email", metric, at, data, onlyFull: !isFirst });
  }

  subscription(workspace: Workspace, person: Person, by: "customer" | "email"): void {
    const metric = person.unsubscribed ? "unsubscribed" : "subscribed";
    const data = { ...whoIs(workspace, person), email_address: person.address ?? "" };
    const at = Math.floor(workspace.now / 1000);
    this.#send(workspace, { objectType: by, metric, at, data, subscribedAs: `customer_${metric}`, onlyFull: false });
  }

  #send(
    workspace: Workspace,
    news: { objectType: string; metric: string; at: number; data: object; subscribedAs?: string; onlyFull: boolean },
  ): void {
    const { objectType, metric, at, data, subscribedAs = `${objectType}_${metric}`, onlyFull } = news;
    const event_id = newUlid(workspace.now);
    const body = JSON.stringify({ event_id, object_type: objectType, metric, timestamp: at, data });
    for (const webhook of workspace.webhooks.values()) {
      if (webhook.disabled || !webhook.events.includes(subscribedAs)) continue;
      if (onlyFull && !webhook.full_resolution) continue;
      this.#sender.post(workspace, webhook, subscribedAs, body);
    }
  }
}

/** Only workspaces with several identifiers tell them all; of a deleted person the old field is blank. */
function whoIs({ options, people }: Workspace, person: Person): object {
  const { id, email, cioId: cio_id } = person;
  const identifiers = options.identifiedBy === "id" ? { id } : { id, email, cio_id };
  return { identifiers, customer_id: people.has(person) ? (id ?? "") : "" };
}
