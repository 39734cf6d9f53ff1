import type { Message } from "../state/messages.ts";
import type { Person } from "../state/person.ts";
import { newUlid } from "../state/ulid.ts";
import type { Workspace } from "../state/workspace.ts";
import type { Switches } from "../switches.ts";
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

interface News {
  /** Under which name the channel stands; the specification writes one of them differently. */
  channel: Record<string, string>;
  metric: string;
  at: number;
  data: object;
  /** Sent only to who asked for contents. */
  content?: object;
  subscribedAs: string;
  /** Not the first of its kind. */
  onlyFull?: boolean;
}

/** Turns what happens into the envelopes of reporting webhooks. */
export class Reporter {
  readonly #sender: WebhookSender;
  readonly #switches: Switches;

  constructor(sender: WebhookSender, switches: Switches) {
    this.#sender = sender;
    this.#switches = switches;
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
    workspace.activities.add(`${metric}_email`, workspace.now, message.person.cioId, {
      delivery_id: message.deliveryId,
    });
    const { deliveryId: delivery_id, recipient, subject, parent } = message;
    const about = {
      ...(metric === "failed" || metric === "attempted" ? {} : { recipient }),
      ...(metric === "attempted" ? {} : { subject }),
    };
    const data = { ...whoIs(workspace, message.person), delivery_id, ...parent, ...about, ...extra };
    const content = { content: `<p>${subject}</p>`, headers: { "X-Sent-By": ["the sandbox"] } };
    this.#send(workspace, {
      ...{ metric, at, data, subscribedAs: `email_${metric}`, onlyFull: !isFirst },
      channel: { object_type: "email" },
      ...(metric === "sent" && { content }),
    });
  }

  subscription(workspace: Workspace, person: Person, by: "customer" | "email"): void {
    const metric = person.unsubscribed ? "unsubscribed" : "subscribed";
    const data = { ...whoIs(workspace, person), email_address: person.address ?? "" };
    const at = Math.floor(workspace.now / 1000);
    this.#send(workspace, { channel: { object_type: by }, metric, at, data, subscribedAs: `customer_${metric}` });
  }

  topics(workspace: Workspace, person: Person, topics: Record<string, unknown>): void {
    const { preferencesChannel } = this.#switches;
    this.#send(workspace, {
      channel: preferencesChannel === "none" ? {} : { [preferencesChannel]: "customer" },
      metric: "cio_subscription_preferences_changed",
      at: Math.floor(workspace.now / 1000),
      data: { ...whoIs(workspace, person), email_address: person.address ?? "" },
      content: { content: JSON.stringify({ topics }) },
      subscribedAs: "customer_subscription_preferences_changed",
    });
  }

  #send(workspace: Workspace, { channel, metric, at, data, content, subscribedAs, onlyFull }: News): void {
    const event_id = newUlid(workspace.now);
    for (const webhook of workspace.webhooks.values()) {
      if (webhook.disabled || !webhook.events.includes(subscribedAs)) continue;
      if (onlyFull && !webhook.full_resolution) continue;
      const told = { ...data, ...(webhook.with_content && content) };
      const body = JSON.stringify({ event_id, ...channel, metric, timestamp: at, data: told });
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
