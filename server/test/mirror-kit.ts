import { Tenancy } from "../src/database/tenancy.ts";
import { WriteBack } from "../src/write-back/write-back.ts";
import type { NewWrite } from "../src/write-back/write-row.ts";
import type { TestAccount } from "./account.ts";
import { until } from "./world.ts";

interface Shown {
  id: number;
  name: string;
  updated_at: number;
  custom_fields_values:
    | { field_id: number; field_code: string | null; values: { value: unknown; enum_id?: number }[] }[]
    | null;
}

/** An account's people and lists as its administrator sees and edits them, past our back. */
export class CommitteeInKommo {
  constructor(readonly account: TestAccount) {}

  async ask(method: string, path: string, body?: object) {
    const { access_token } = this.account.control.oauth.longLivedToken({ account: this.account.id });
    const answer = await fetch(`${this.account.world.kommo.origin}/api/v4/${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  contact(wish: { name: string; fields?: Record<string, unknown> }): number {
    return this.account.control.contacts.create({ account: this.account.id, ...wish }).id;
  }

  edit(id: number, fields: Record<string, unknown>) {
    this.account.control.contacts.edit({ account: this.account.id, id, fields });
  }

  /** What a contact shows, by code of the field. */
  async contactFields(id: number): Promise<Record<string, unknown>> {
    return this.valuesOf(await this.ask("GET", `contacts/${id}`));
  }

  async contactsNamed(name: string): Promise<Shown[]> {
    const found: Shown[] =
      (await this.ask("GET", `contacts?query=${encodeURIComponent(name)}`))?._embedded.contacts ?? [];
    return found.filter((contact) => contact.name === name);
  }

  fields(
    home: string,
  ): Promise<{ id: number; code: string | null; name: string; enums: { id: number; value: string }[] }[]> {
    return this.ask("GET", `${home}/custom_fields?limit=250`).then((answer) => answer?._embedded.custom_fields ?? []);
  }

  async list(name = "Stakeholders"): Promise<{ id: number; name: string; can_link_multiple: boolean } | undefined> {
    const answer = await this.ask("GET", "catalogs?limit=250");
    return (answer?._embedded.catalogs ?? []).find((one: { name: string }) => one.name === name);
  }

  async elements(listId: number): Promise<Shown[]> {
    return (await this.ask("GET", `catalogs/${listId}/elements?limit=250`))?._embedded.elements ?? [];
  }

  async links(leadId: number): Promise<{ to_entity_id: number; to_entity_type: string; metadata: unknown }[]> {
    return (await this.ask("GET", `leads/${leadId}/links`))?._embedded.links ?? [];
  }

  async linkedTo(leadId: number, type: "contacts" | "catalog_elements"): Promise<number[]> {
    return (await this.links(leadId)).filter((link) => link.to_entity_type === type).map((link) => link.to_entity_id);
  }

  link(leadId: number, contactId: number) {
    return this.ask("POST", `leads/${leadId}/link`, [{ to_entity_id: contactId, to_entity_type: "contacts" }]);
  }

  unlink(leadId: number, contactId: number) {
    return this.ask("POST", `leads/${leadId}/unlink`, [{ to_entity_id: contactId, to_entity_type: "contacts" }]);
  }

  /** Looks at the account anew, as after settings were saved. */
  async provision() {
    const completed = async () => {
      const [row] = await this.account.look<{ at: string }>(
        "SELECT provisioned->>'completedAt' AS at FROM account WHERE account_id = $1",
        [this.account.id],
      );
      return row?.at;
    };
    const before = await completed();
    await this.account.ask("provision", this.account.id);
    await until("the account is provisioned again", async () => (await completed()) !== before);
    this.account.forget();
  }

  async provisioned() {
    const [row] = await this.account.look<{ provisioned: import("../src/installation/provisioning.ts").Provisioned }>(
      "SELECT provisioned FROM account WHERE account_id = $1",
      [this.account.id],
    );
    return row!.provisioned;
  }

  /** Puts rows down as a decision does. */
  async put(...writes: NewWrite[]) {
    const { app } = this.account.world.server;
    await app.get(Tenancy).run(this.account.id, async (tx) => {
      for (const write of writes) await app.get(WriteBack).put(tx, this.account.id, write);
    });
  }

  async rows(target: string) {
    return this.account.look<{ state: string; outcome: string | null; lead_id: number; attempts: number }>(
      "SELECT state, outcome, lead_id, attempts FROM write WHERE account_id = $1 AND target = $2 ORDER BY id",
      [this.account.id, target],
    );
  }

  /** By code of the field. */
  valuesOf({ custom_fields_values }: Shown): Record<string, unknown> {
    return Object.fromEntries(
      (custom_fields_values ?? []).map(({ field_code, field_id, values }) => [
        field_code ?? String(field_id),
        values[0]?.value,
      ]),
    );
  }

  /** A deal whose people are known to us; with a contact of its own, or with this one. */
  async deal(name: string, contact?: number): Promise<{ leadId: number; contactId: number }> {
    const client = contact === undefined ? { contact: { name: `${name}'s client` } } : {};
    const leadId = this.account.create({ name, ...client });
    if (contact !== undefined) await this.link(leadId, contact);
    await this.known(leadId);
    const [contactId] = await this.linkedTo(leadId, "contacts");
    return { leadId, contactId: contactId! };
  }

  /** Until we know who is linked to a deal now. */
  async known(leadId: number) {
    const linked = (await this.linkedTo(leadId, "contacts")).toSorted();
    await until("its people are known", async () => {
      await this.account.ask("qualify", leadId);
      const rows = await this.account.look<{ contact_id: string }>(
        "SELECT contact_id FROM lead_contact WHERE lead_id = $1",
        [leadId],
      );
      return JSON.stringify(rows.map((row) => Number(row.contact_id)).toSorted()) === JSON.stringify(linked);
    });
    await this.settled();
  }

  /** Nothing is left to be mirrored, written or heard. */
  async settled() {
    await until("all is mirrored", async () => {
      await this.account.look(
        `UPDATE work SET due_at = app_now()
          WHERE account_id = $1 AND kind IN ('mirror', 'qualify') AND due_at > app_now()`,
        [this.account.id],
      );
      this.account.ring();
      await this.account.quiet("mirror");
      const [row] = await this.account.look<{ open: number }>(
        `SELECT count(*)::int AS open FROM work
          WHERE account_id = $1 AND kind IN ('mirror', 'qualify') AND state = 'open'`,
        [this.account.id],
      );
      return row?.open === 0;
    });
  }
}
