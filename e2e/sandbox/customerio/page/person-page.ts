import type { StoredEvent } from "../state/events.ts";
import type { Mailings } from "../state/mailings.ts";
import type { Happening, Message, Parent } from "../state/messages.ts";
import { objectKey } from "../state/objects.ts";
import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";
import { labelOf } from "./overview.ts";
import type { Attribute, EventRow, MailRow, ObjectRow, PersonPage } from "./wire.ts";

const EVENTS_SHOWN = 200;

/** Everything that the workspace knows of somebody. */
export function personPage(workspace: Workspace, person: Person): PersonPage {
  const { id, email, phone, cioId: cio_id } = person;
  const failures = workspace.activities
    .all()
    .filter(({ type, cioId }) => type === "failed_attribute_change" && cioId === cio_id);
  return {
    cio_id,
    label: labelOf(person),
    unsubscribed: person.unsubscribed,
    identifiers: attributes({ id, email, phone, cio_id }),
    attributes: attributes(person.attributes),
    objects: objects(workspace, person),
    events: workspace.events.of(person).slice(-EVENTS_SHOWN).reverse().map(eventRow),
    mails: workspace.messages.of(person).map((message) => mailRow(workspace, message)),
    failures: failures.map(({ timestamp: at, data }) => ({ at, reason: String(data.reason) })).reverse(),
  };
}

function attributes(values: Record<string, unknown>): Attribute[] {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, value]) => ({ name, value: typeof value === "string" ? value : JSON.stringify(value) }));
}

function objects({ objects: all }: Workspace, { relationships }: Person): ObjectRow[] {
  return [...relationships.values()].map(({ typeId, objectId, attributes: relationship }) => ({
    type: all.types.get(typeId)?.name ?? objectKey(typeId, objectId),
    id: objectId,
    attributes: attributes(all.find(typeId, objectId)?.attributes ?? {}),
    relationship: attributes(relationship),
  }));
}

function eventRow({ ownId: own_id, id, name, timestamp: at, attributes: data }: StoredEvent): EventRow {
  return { own_id, id, name, at, attributes: attributes(data) };
}

function mailRow({ mailings }: Workspace, message: Message): MailRow {
  const { deliveryId: delivery_id, subject, recipient, parent, startedBy, log } = message;
  return {
    ...{ delivery_id, subject, recipient },
    from: senderOf(mailings, parent),
    started_by: startedBy?.name ?? null,
    state: stateOf(log),
    happened: log.map(({ metric, at, extra }) => ({ metric, at, note: noteOf(extra) })),
  };
}

function senderOf({ campaigns, broadcasts, newsletters }: Mailings, parent: Parent): string {
  const named = (kind: string, id: unknown, all: Map<number, { name: string }>) =>
    typeof id === "number" && `${kind} “${all.get(id)?.name ?? id}”`;
  return (
    named("campaign", parent.campaign_id, campaigns) ||
    named("broadcast", parent.broadcast_id, broadcasts) ||
    named("newsletter", parent.newsletter_id, newsletters) ||
    "a single mail"
  );
}

const END = ["unsubscribed", "spammed", "bounced", "dropped", "failed", "undeliverable"];
const COURSE = ["clicked", "opened", "delivered", "sent", "drafted"];

/** The worst that happened, else how far it came. */
function stateOf(log: Happening[]): string {
  return [...END, ...COURSE].find((metric) => log.some((one) => one.metric === metric)) ?? "made";
}

/** What an event tells besides its metric. */
function noteOf(extra: Happening["extra"]): string {
  const flags = ["prefetched", "proxied", "synthetic", "machine"].filter((flag) => extra[flag] === true);
  return [...flags, extra.href, extra.failure_message].filter(Boolean).join(", ");
}
