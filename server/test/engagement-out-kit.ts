import { ConnectionAnswer } from "@dealscope/shared/customerio";
import type { EngagementSettings } from "@dealscope/shared/engagement";
import type { Settings } from "@dealscope/shared/settings";
import { TestAccount } from "./account.ts";
import { type Engaged, type EngagementWorld, engage } from "./engagement-kit.ts";
import { until } from "./world.ts";

type Part<T> = { [K in keyof T]?: T[K] | Partial<T[K]> };

/** An account that tells Customer.io of its deals, seen from both sides. */
export class Teller extends TestAccount {
  private constructor(
    private readonly of: EngagementWorld,
    readonly engaged: Engaged,
  ) {
    super(of, engaged);
  }

  /** Nothing is judged unless a test is about verdicts, so that nothing but the test itself writes into Kommo. */
  static async open(
    world: EngagementWorld,
    engagement: Partial<EngagementSettings> = {},
    more: Part<Settings> & { wish?: Parameters<typeof engage>[1] } = {},
  ): Promise<Teller> {
    const { wish, ...settings } = more;
    const teller = new Teller(world, await engage(world, wish));
    await teller.tellBy(engagement, settings);
    return teller;
  }

  async tellBy(engagement: Partial<EngagementSettings> = {}, settings: Part<Settings> = {}) {
    const quietly = { triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } };
    await this.set({ ...quietly, ...settings, engagement: { isOn: true, ...engagement } });
  }

  get workspace(): number {
    return this.engaged.workspace.id;
  }

  get customerio() {
    return this.of.customerio.control;
  }

  /** Everybody in the workspace, by address. */
  people() {
    return new Map(this.customerio.people.list({ workspace: this.workspace }).map((one) => [one.email ?? one.id, one]));
  }

  person(email: string) {
    return this.people().get(email);
  }

  attributes(email: string): Record<string, unknown> {
    return this.person(email)?.attributes ?? {};
  }

  /** What the workspace has received of somebody, or of everybody, in that order. */
  events(email?: string) {
    const all = this.customerio.people.events({ workspace: this.workspace });
    return email === undefined ? all : all.filter(({ cio_id }) => cio_id === this.person(email)?.cio_id);
  }

  names(email?: string): string[] {
    return this.events(email).map(({ name }) => name);
  }

  /** A deal with one person in it. */
  deal(email: string, wish: Parameters<TestAccount["create"]>[0] = {}): number {
    return this.create({ name: "Roof", contact: { name: "Ana Ruiz", email }, ...wish });
  }

  contactOf(leadId: number): number {
    return this.lead(leadId).contacts[0]!.id;
  }

  stage(place: number): number {
    return this.installed.statusIds[place]!;
  }

  nameOf(statusId: number): string {
    const { pipelines } = this.control.accounts.show({ account: this.id });
    return pipelines.flatMap(({ statuses }) => statuses).find(({ id }) => id === statusId)!.name;
  }

  move(id: number, status_id: number) {
    this.control.leads.move({ account: this.id, id, status_id });
  }

  edit(id: number, change: Omit<Parameters<TestAccount["control"]["leads"]["edit"]>[0], "account" | "id">) {
    this.control.leads.edit({ account: this.id, id, ...change });
  }

  editContact(id: number, fields: Record<string, unknown>) {
    this.control.contacts.edit({ account: this.id, id, fields });
  }

  /** Lets the scan look through the last day. */
  async scan() {
    const ranAt = async () => {
      const rows = await this.look<{ ran_at: Date }>(
        "SELECT ran_at FROM scan WHERE account_id = $1 AND kind = 'events'",
        [this.id],
      );
      return rows[0]?.ran_at?.getTime();
    };
    const run = async () => {
      const before = await ranAt();
      await this.ask("scan", this.id, {}, 4);
      await until("the scan has run", async () => (await ranAt()) !== before);
    };
    await run();
    await this.look("UPDATE scan SET cursor_at = app_now() - interval '1 day' WHERE account_id = $1", [this.id]);
    await run();
  }

  /** Somebody whom Kommo knows becomes the main contact of a deal. */
  linkMain(leadId: number, contactId: number) {
    return this.changeLink(leadId, "link", { to_entity_id: contactId, metadata: { is_main: true } });
  }

  unlink(leadId: number, contactId: number) {
    return this.changeLink(leadId, "unlink", { to_entity_id: contactId });
  }

  /** Of links there is no webhook, so the deal is touched besides. */
  private async changeLink(leadId: number, how: "link" | "unlink", link: object) {
    const { access_token } = this.control.oauth.longLivedToken({ account: this.id });
    const answer = await fetch(`${this.world.kommo.origin}/api/v4/leads/${leadId}/${how}`, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: JSON.stringify([{ to_entity_type: "contacts", ...link }]),
    });
    if (!answer.ok) throw new Error(`To ${how} answered ${answer.status}: ${await answer.text()}`);
    this.edit(leadId, { name: `${this.lead(leadId).name} ` });
  }

  /** How sending goes, as the administrator sees it. */
  async connection() {
    const { connection } = await this.engaged.admin.get(ConnectionAnswer, "/api/engagement/connection");
    return connection!.sending;
  }

  /** What was decided, in its order. */
  rows() {
    return this.look<{ id: number; kind: string; state: string; reason: string | null; lead_id: number }>(
      "SELECT id, kind, state, reason, lead_id FROM customerio_write WHERE account_id = $1 ORDER BY id",
      [this.id],
    );
  }

  /** All that Kommo has told is decided, and all that is decided has been tried to be sent. */
  async told() {
    await until("all is told", async () => {
      if (!(await this.control.hooks.idle()).idle) return false;
      const [row] = await this.look<{ open: number }>(
        `SELECT (SELECT count(*) FROM delivery WHERE account_id = $1 AND state = 'new')
              + (SELECT count(*) FROM work WHERE account_id = $1 AND kind = 'customerio_deal' AND state = 'open')
              + (SELECT count(*) FROM customerio_write WHERE account_id = $1 AND state = 'due') AS open`,
        [this.id],
      );
      return Number(row?.open) === 0;
    });
  }
}
