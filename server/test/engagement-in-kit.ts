import { createHmac, randomUUID } from "node:crypto";
import { ConnectionAnswer } from "@dealscope/shared/customerio";
import type { EngagementSettings } from "@dealscope/shared/engagement";
import { expect } from "vitest";
import { LeadReader } from "../src/leads/reader.ts";
import { TestAccount } from "./account.ts";
import { type Engaged, type EngagementWorld, engage, keysOf } from "./engagement-kit.ts";
import { until } from "./world.ts";

type Part<T> = { [K in keyof T]?: Part<T[K]> };

/** Unix seconds, so many from now. */
export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** An account whose clients read mails: seen from Kommo, from Customer.io and from our database. */
export class Mailed extends TestAccount {
  private constructor(
    private readonly of: EngagementWorld,
    readonly engaged: Engaged,
    readonly webhookUrl: string,
  ) {
    super(of, engaged);
  }

  /** Deals are not told to Customer.io and nothing is judged, so that nothing but what comes back writes into Kommo. */
  static async open(
    world: EngagementWorld,
    engagement: Part<EngagementSettings> = {},
    wish: Parameters<typeof engage>[1] = {},
  ): Promise<Mailed> {
    const engaged = await engage(world, wish);
    const { connection } = await engaged.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
    const account = new Mailed(world, engaged, connection!.webhookUrl);
    await account.want(engagement);
    return account;
  }

  async want(engagement: Part<EngagementSettings> = {}, more: { dryRun?: boolean } = {}) {
    const triggers = { onCreation: false, onContentChange: false, onFirstMessage: false };
    await this.set({ ...more, triggers, engagement: engagement as EngagementSettings });
  }

  get workspace(): number {
    return this.engaged.workspace.id;
  }

  get customerio() {
    return this.of.customerio.control;
  }

  /** A deal with one person in it whom the workspace knows, too; read, so that our database knows both. */
  async deal(email: string, wish: Parameters<TestAccount["create"]>[0] = {}): Promise<number> {
    const id = this.create({ name: "Roof", contact: { name: "Ana Ruiz", email }, ...wish });
    await this.identify(email);
    await this.read(id);
    return id;
  }

  async read(leadId: number) {
    await this.of.server.app.get(LeadReader).read(this.id, leadId, "backfill");
  }

  contactOf(leadId: number): number {
    return this.lead(leadId).contacts[0]!.id;
  }

  /** Makes somebody known to the workspace, under an id of its own if one is given. */
  async identify(email: string, id?: string) {
    const { site_id, track_keys, origin } = this.engaged.workspace;
    const answer = await fetch(`${origin}/api/v1/customers/${encodeURIComponent(id ?? email)}`, {
      method: "PUT",
      headers: { authorization: `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}` },
      body: JSON.stringify({ email }),
    });
    expect(answer.status).toBe(200);
  }

  /** A mail to whoever has this address, or this id of the workspace's own. */
  mail(to: string, { subject = "Your quote", ...parent }: Record<string, string | number> = {}) {
    const { delivery_id } = this.customerio.mail.send({
      ...(to.includes("@") ? { email: to } : { id: to }),
      ...{ workspace: this.workspace, subject: String(subject) },
      parent: { campaign_id: 7, action_id: 42, ...parent },
    });
    return this.mailOf(delivery_id);
  }

  /** What may be done with a mail that was sent. */
  mailOf(delivery_id: string) {
    const of = { workspace: this.workspace, delivery_id };
    const { recipient } = this.customerio;
    return {
      delivery_id,
      open: (at?: number) => recipient.open({ ...of, ...(at ? { at } : {}) }),
      openByProxy: () => recipient.open({ ...of, proxied: true }),
      machineOpen: () => recipient.machineOpen(of),
      click: (href: string, wish: { at?: number; link_id?: number; machine?: boolean } = {}) =>
        recipient.click({ ...of, href, at: inSeconds(60), ...wish }),
      unsubscribe: () => recipient.unsubscribe(of),
      bounce: (failure_message: string) => recipient.bounce({ ...of, failure_message }),
      spam: () => recipient.spam(of),
    };
  }

  /** A webhook of any content, signed as Customer.io signs it. */
  async post(event: object, to = this.webhookUrl): Promise<number> {
    const body = JSON.stringify(event);
    const timestamp = String(inSeconds(0));
    const key = keysOf(this.of, this.engaged.workspace).signingKey!;
    const signature = createHmac("sha256", key).update(`v0:${timestamp}:${body}`).digest("hex");
    const headers = { "x-cio-timestamp": timestamp, "x-cio-signature": signature };
    return (await fetch(to, { method: "POST", body, headers })).status;
  }

  events(where = "true") {
    return this.look<{
      event_id: string;
      metric: string;
      at: Date;
      lead_id: number | null;
      contact_id: number | null;
      person_id: number | null;
      machine: string | null;
      delivery_id: string;
    }>(`SELECT * FROM engagement_event WHERE account_id = $1 AND ${where} ORDER BY received_at, event_id`, [this.id]);
  }

  async person(email: string) {
    const [row] = await this.look<{
      id: number;
      cio_id: string | null;
      unsubscribed_by: string | null;
      address_state: string | null;
      looked_for_at: Date | null;
    }>("SELECT * FROM customerio_person WHERE account_id = $1 AND identifier_key = $2", [this.id, email]);
    return row;
  }

  /** Without our mark. */
  notes(leadId: number): string[] {
    return this.lead(leadId)
      .notes.map(({ params }) => String(params.text ?? ""))
      .filter((text) => text.includes("· DS-"))
      .map((text) => text.replace(/\n· DS-\w+$/, ""));
  }

  tasks(leadId: number): string[] {
    return this.lead(leadId).tasks.map(({ text }) => text.replace(/\n· DS-\w+$/, ""));
  }

  private async kommo<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
    const { access_token } = this.control.oauth.longLivedToken({ account: this.id });
    const answer = await fetch(`${this.of.kommo.origin}/api/v4/${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    expect(answer.ok).toBe(true);
    return answer.json() as Promise<T>;
  }

  async link(leadId: number, contactId: number) {
    await this.kommo("POST", `leads/${leadId}/link`, [{ to_entity_id: contactId, to_entity_type: "contacts" }]);
  }

  /** A contact's field to be ticked. */
  async checkbox(): Promise<number> {
    const fields = [{ name: "No mails", type: "checkbox" }];
    const { _embedded } = await this.kommo<{ _embedded: { custom_fields: { id: number }[] } }>(
      "POST",
      "contacts/custom_fields",
      fields,
    );
    return _embedded.custom_fields[0]!.id;
  }

  /** What stands in a field of a contact; undefined where nothing does. */
  async shown(contactId: number, field: number | string): Promise<unknown> {
    const { custom_fields_values } = await this.kommo<{
      custom_fields_values: { field_id: number; field_code: string | null; values: { value: unknown }[] }[] | null;
    }>("GET", `contacts/${contactId}`);
    return (custom_fields_values ?? []).find(({ field_id, field_code }) => field_id === field || field_code === field)
      ?.values[0]?.value;
  }

  /** Writes into Kommo that have come of mails. */
  writes() {
    return this.look<{ target: string; state: string; lead_id: number; body: Record<string, unknown> }>(
      "SELECT target, state, lead_id, body FROM write WHERE account_id = $1 AND origin = 'engagement' ORDER BY id",
      [this.id],
    );
  }

  /** All that was told is kept, all that follows from it is decided and written. What waits for more is not waited for. */
  async settled(leftInQueue = 0) {
    await until("all is settled", async () => {
      const hooks = this.customerio.webhooks.list({ workspace: this.workspace });
      if (hooks.some(({ waiting }) => waiting > leftInQueue)) return false;
      const [row] = await this.look<{ deliveries: number; work: number; writes: number }>(
        `SELECT (SELECT count(*)::int FROM delivery WHERE account_id = $1 AND state = 'new') AS deliveries,
                (SELECT count(*)::int FROM work WHERE account_id = $1 AND kind LIKE 'mail_%' AND state = 'open') AS work,
                (SELECT count(*)::int FROM write WHERE account_id = $1 AND state = 'due') AS writes`,
        [this.id],
      );
      if (row!.deliveries > 0) return false;
      if (row!.work + row!.writes === 0) return true;
      await this.hurry("work");
      await this.hurry("write");
      return false;
    });
  }
}

/** A reporting webhook's body about an e-mail. */
export function about(email: string, metric: string, data: object = {}, at = inSeconds(0)) {
  return {
    ...{ event_id: randomUUID(), object_type: "email", metric, timestamp: at },
    data: {
      ...{ identifiers: { id: null, email, cio_id: `cio-of-${email}` }, recipient: email, subject: "Your quote" },
      ...{ delivery_id: "d-1", campaign_id: 7, ...data },
    },
  };
}
