import { z } from "zod";

/** What a reporting webhook of Customer.io says has happened to a message, or to a person's subscription. */
export interface MailTold {
  eventId: string;
  metric: string;
  /** email, sms, push…; `customer` where a subscription was changed by hand or by us. */
  channel: string;
  at: Date;
  /** Whose it is, in as many ways as the workspace tells. */
  address: string | null;
  ownId: string | null;
  cioId: string | null;
  deliveryId: string | null;
  source: { kind: SourceKind; id: string } | null;
  subject: string | null;
  href: string | null;
  linkId: string | null;
  prefetched: boolean;
  proxied: boolean;
  synthetic: boolean;
  machine: boolean;
  /** Why it did not arrive. */
  reason: string | null;
  /** The event that has started the campaign. */
  triggerEventId: string | null;
}

export type SourceKind = "campaign" | "broadcast" | "newsletter" | "transactional";

const KNOWN = new Set([
  ...["drafted", "attempted", "sent", "delivered", "opened", "clicked", "converted", "replied"],
  ...["unsubscribed", "subscribed", "cio_subscription_preferences_changed"],
  ...["bounced", "dropped", "undeliverable", "failed", "spammed"],
]);

/** A field in another form than the contract's is taken for missing: the rest may be of use. */
const text = (most: number) =>
  z
    .union([z.string(), z.number()])
    .nullish()
    .catch(null)
    .transform((value) => clean(String(value ?? ""), most) || null);
const flag = z
  .boolean()
  .nullish()
  .catch(null)
  .transform((value) => value === true);
const id = text(150);

const data = z.object({
  identifiers: z.object({ id, email: text(320), cio_id: id }).catch({ id: null, email: null, cio_id: null }),
  customer_id: id,
  email_address: text(320),
  recipient: text(320),
  delivery_id: id,
  campaign_id: id,
  broadcast_id: id,
  newsletter_id: id,
  transactional_message_id: id,
  trigger_event_id: id,
  subject: text(500),
  href: text(2_000),
  link_id: id,
  failure_message: text(500),
  prefetched: flag,
  proxied: flag,
  synthetic: flag,
  machine: flag,
});

const name = z
  .string()
  .transform((value) => clean(value, 101))
  .pipe(z.string().min(1).max(100));
/** Seconds; the end of the century is far enough. */
const seconds = z.number().int().min(0).max(4_102_444_800);

const envelope = z.object({
  // It is handed on to clients, as a place in a list.
  event_id: z.string().regex(/^[\x21-\x7e]{1,100}$/),
  metric: name,
  // Topics are told with another name of this field.
  object_type: name.optional(),
  object_type_type: name.optional(),
  timestamp: seconds,
  data: data.catch(data.parse({})),
});

/**
 * Reads the body of a reporting webhook. What is in no form that is known tells nothing, and is no fault of the sender's: the
 * test of the settings page, bodies as they were once, metrics that are new.
 * @throws when it is no JSON
 */
export function readMailTold(body: string): { told: MailTold | undefined; flaw: string | null } {
  const json: unknown = JSON.parse(body);
  const read = envelope.safeParse(json);
  if (!read.success) return { told: undefined, flaw: flawOf(json) };
  const { event_id, metric, object_type, object_type_type, timestamp, data: said } = read.data;
  return {
    told: {
      eventId: event_id,
      metric,
      channel: object_type ?? object_type_type ?? "customer",
      at: new Date(timestamp * 1000),
      address: said.identifiers.email ?? said.email_address ?? said.recipient,
      ownId: said.identifiers.id ?? said.customer_id,
      cioId: said.identifiers.cio_id,
      deliveryId: said.delivery_id,
      source: sourceOf(said),
      subject: said.subject,
      href: said.href,
      linkId: said.link_id,
      prefetched: said.prefetched,
      proxied: said.proxied,
      synthetic: said.synthetic,
      machine: said.machine,
      reason: said.failure_message,
      triggerEventId: said.trigger_event_id,
    },
    flaw: KNOWN.has(metric) ? null : `The metric ${metric} is not known.`,
  };
}

const isLegacy = z.object({ event_type: z.string() });

function flawOf(json: unknown): string {
  return isLegacy.safeParse(json).success
    ? "It is in the form that reporting webhooks had long ago."
    : "It is in no form of reporting webhooks that is known.";
}

function sourceOf(said: z.output<typeof data>): MailTold["source"] {
  const { campaign_id, broadcast_id, newsletter_id, transactional_message_id } = said;
  if (campaign_id) return { kind: "campaign", id: campaign_id };
  if (broadcast_id) return { kind: "broadcast", id: broadcast_id };
  if (newsletter_id) return { kind: "newsletter", id: newsletter_id };
  return transactional_message_id ? { kind: "transactional", id: transactional_message_id } : null;
}

/** PostgreSQL keeps neither NUL nor half a letter, which is also what cutting may leave. */
function clean(value: string, most: number): string {
  return value.replaceAll("\0", "").trim().slice(0, most).toWellFormed();
}
