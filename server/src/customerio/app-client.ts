import { z } from "zod";
import { CustomerIoRejected } from "./errors.ts";
import { type CustomerIoRequest, readAs, send } from "./http.ts";

const text = z.union([z.string(), z.number().transform(String)]).nullish();

const people = z.object({ results: z.array(z.object({ email: text, id: text, cio_id: text })) });
const objectTypes = z.object({
  types: z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String), name: z.string().catch("") })),
});
const webhook = z.object({
  id: z.number().int(),
  endpoint: z.string(),
  events: z.array(z.string()).catch([]),
  full_resolution: z.boolean().catch(false),
  disabled: z.boolean().catch(false),
});
const webhooks = z.object({ reporting_webhooks: z.array(webhook) });
const campaign = z.object({
  id: z.number().int(),
  name: z.string().catch(""),
  state: z.string().catch(""),
  /** By which event it is started; only of such campaigns. */
  event_name: z.string().nullish(),
});
const campaigns = z.object({ campaigns: z.array(campaign) });
const named = z.object({ name: z.string() });

export interface KnownPerson {
  email: string | null;
  id: string | null;
  cioId: string | null;
}

export type ReportingWebhook = z.output<typeof webhook>;
export type Campaign = z.output<typeof campaign>;

export interface WebhookWish {
  name: string;
  endpoint: string;
  events: readonly string[];
}

/** What sends mails, and where its name is asked for. */
const SOURCES = {
  campaign: { path: "campaigns", key: "campaign" },
  broadcast: { path: "broadcasts", key: "broadcast" },
  newsletter: { path: "newsletters", key: "newsletter" },
  transactional: { path: "transactional", key: "message" },
} as const;
export type SourceKind = keyof typeof SOURCES;

/** The App API of one workspace: ten calls a second. Its key may do much, so only what is needed is asked here. */
export class AppClient {
  constructor(
    private readonly origin: string,
    private readonly key: string,
    private readonly timeoutMs: number,
  ) {}

  /** Nobody: an empty list. A plus that is not encoded would find nobody, too. */
  async findByEmail(email: string): Promise<KnownPerson[]> {
    const { results } = await this.read(people, "GET", `customers?email=${encodeURIComponent(email)}`);
    return results.map((person) => ({
      email: person.email || null,
      id: person.id || null,
      cioId: person.cio_id || null,
    }));
  }

  async isKnown(cioId: string): Promise<boolean> {
    const path = `customers/${encodeURIComponent(cioId)}/attributes?id_type=cio_id`;
    return (await this.ask("GET", path).catch(unlessGone)) !== undefined;
  }

  async objectTypes(): Promise<{ id: string; name: string }[]> {
    return (await this.read(objectTypes, "GET", "object_types")).types;
  }

  async webhooks(): Promise<ReportingWebhook[]> {
    return (await this.read(webhooks, "GET", "reporting_webhooks")).reporting_webhooks;
  }

  async makeWebhook(wish: WebhookWish): Promise<ReportingWebhook> {
    return this.read(webhook, "POST", "reporting_webhooks", bodyOf(wish));
  }

  async changeWebhook(id: number, wish: WebhookWish): Promise<ReportingWebhook> {
    return this.read(webhook, "PUT", `reporting_webhooks/${id}`, bodyOf(wish));
  }

  async deleteWebhook(id: number): Promise<void> {
    await this.ask("DELETE", `reporting_webhooks/${id}`).catch(unlessGone);
  }

  async campaigns(): Promise<Campaign[]> {
    return (await this.read(campaigns, "GET", "campaigns")).campaigns;
  }

  /** @returns undefined for what is not there any more, or has no name */
  async nameOf(kind: SourceKind, id: string): Promise<string | undefined> {
    const { path, key } = SOURCES[kind];
    const answer = await this.ask("GET", `${path}/${encodeURIComponent(id)}`).catch(unlessGone);
    const found = z.object({ [key]: named }).safeParse(answer);
    return found.data?.[key]?.name || undefined;
  }

  private async read<Schema extends z.ZodType>(
    schema: Schema,
    method: CustomerIoRequest["method"],
    path: string,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    return readAs(schema, await this.ask(method, path, body), `${method} ${path.split("?")[0]}`);
  }

  private ask(method: CustomerIoRequest["method"], path: string, body?: unknown): Promise<unknown> {
    const url = `${this.origin}/v1/${path}`;
    return send({ method, url, authorization: `Bearer ${this.key}`, body, timeoutMs: this.timeoutMs });
  }
}

/** Every open, because the first one of a mail is often a machine's; and never the mail's content. */
function bodyOf({ name, endpoint, events }: WebhookWish) {
  return { name, endpoint, events, full_resolution: true, with_content: false, disabled: false };
}

function unlessGone(error: unknown): undefined {
  if (error instanceof CustomerIoRejected && error.status === 404) return undefined;
  throw error;
}
