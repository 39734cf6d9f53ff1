import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";
import type { World } from "../world.ts";
import type { Attribute, Overview, PersonRow, WebhookRow } from "./wire.ts";

const PEOPLE_SHOWN = 100;

/** Who is in a workspace, what writes to them, to whom it reports, and with which keys one gets in. */
export function overview(world: World, workspace: Workspace, look: string): Overview {
  const people = workspace.people.all();
  const wanted = look.trim().toLowerCase();
  const hits = people.filter((person) =>
    `${person.address} ${person.id} ${person.cioId}`.toLowerCase().includes(wanted),
  );
  return {
    workspaces: [...world.workspaces.values()].map(({ id, options: { name, region } }) => ({ id, name, region })),
    workspace: workspace.id,
    total: people.length,
    found: hits.length,
    people: hits
      .slice(-PEOPLE_SHOWN)
      .reverse()
      .map((person) => personRow(workspace, person)),
    campaigns: [...workspace.mailings.campaigns.values()].map(({ id, name, subject, eventName }) => {
      return { id, name, subject, event_name: eventName };
    }),
    webhooks: webhookRows(world, workspace),
    keys: keysOf(workspace),
    triggerEventId: world.switches.triggerEventId,
  };
}

export function labelOf({ address, id, cioId }: Person): string {
  return address ?? id ?? cioId;
}

function personRow(workspace: Workspace, person: Person): PersonRow {
  return {
    cio_id: person.cioId,
    label: labelOf(person),
    unsubscribed: person.unsubscribed,
    mails: workspace.messages.of(person).length,
    events: workspace.events.of(person).length,
  };
}

function webhookRows(world: World, { webhooks }: Workspace): WebhookRow[] {
  return [...webhooks.values()].map((webhook) => {
    const { id, name, endpoint, disabled: isDisabled } = webhook;
    const [last] = world.deliveries.entries({ path: endpoint, limit: 1 });
    return { id, name, endpoint, isDisabled, waiting: world.sender.waiting(webhook), last: last?.status ?? null };
  });
}

/** By the names of the pages on which Customer.io shows them. */
function keysOf({ siteId, trackKeys, appKeys, signingKey }: Workspace): Attribute[] {
  return [
    { name: "Site ID", value: siteId },
    ...[...trackKeys].map((value) => ({ name: "Track API key", value })),
    ...[...appKeys].map((value) => ({ name: "App API key", value })),
    { name: "Signing key of reporting webhooks", value: signingKey },
  ];
}
