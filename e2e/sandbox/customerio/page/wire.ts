/** What the page and its server tell each other; types only, so that both sides can read them. */

export interface PersonRow {
  cio_id: string;
  /** Address or id, whatever there is. */
  label: string;
  unsubscribed: boolean;
  mails: number;
  events: number;
}

export interface CampaignRow {
  id: number;
  name: string;
  subject: string;
  /** The event that starts it. */
  event_name: string | null;
}

export interface WebhookRow {
  id: number;
  name: string;
  endpoint: string;
  isDisabled: boolean;
  waiting: number;
  /** Status of the last attempt; 0: no connection, 499: it took too long. */
  last: number | null;
}

export interface Overview {
  workspaces: { id: number; name: string; region: string }[];
  /** The one that is shown. */
  workspace: number;
  total: number;
  /** How many of them are looked for. */
  found: number;
  /** The newest hundred of those looked for. */
  people: PersonRow[];
  campaigns: CampaignRow[];
  webhooks: WebhookRow[];
  /** What a program needs to speak for the workspace, and to know the workspace's voice. */
  keys: Attribute[];
  triggerEventId: "sent-id" | "own-id" | "none";
}

export interface Attribute {
  name: string;
  value: string;
}

export interface EventRow {
  /** What the service calls it. */
  own_id: string;
  /** What it was sent with. */
  id: string | null;
  name: string;
  at: number;
  attributes: Attribute[];
}

export interface ObjectRow {
  type: string;
  id: string;
  attributes: Attribute[];
  relationship: Attribute[];
}

export interface MailRow {
  delivery_id: string;
  subject: string;
  recipient: string;
  /** Campaign, broadcast, newsletter or transactional message, by its name. */
  from: string;
  /** Name of the event that made it go out. */
  started_by: string | null;
  /** In one word: where it stands. */
  state: string;
  happened: { metric: string; at: number; note: string }[];
}

export interface PersonPage {
  cio_id: string;
  label: string;
  unsubscribed: boolean;
  identifiers: Attribute[];
  attributes: Attribute[];
  objects: ObjectRow[];
  /** Newest first, as are mails and failures. */
  events: EventRow[];
  mails: MailRow[];
  /** What was accepted with 200 and then came to nothing. */
  failures: { at: number; reason: string }[];
}
