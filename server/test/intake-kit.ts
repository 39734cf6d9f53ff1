import { ApiError } from "@dealscope/shared/api-error";
import { IntakeKeys, IntakeReceipt } from "@dealscope/shared/intake";
import type { Settings } from "@dealscope/shared/settings";
import { expect } from "vitest";
import { installAccount, type TestAccount } from "./account.ts";
import { fromElsewhere } from "./visitors.ts";
import { type Answer, Browser } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

/** A trusted key is told all of it. */
const Told = IntakeReceipt.required();
type Told = Required<IntakeReceipt>;

/** An account with a form of its own server, which is trusted, and somebody who fills it in. */
export class Form {
  private constructor(
    readonly account: TestAccount,
    readonly admin: Browser,
    readonly url: string,
  ) {}

  static async of(world: World, intake: Partial<Settings["intake"]> = {}): Promise<Form> {
    return Form.on(world, await installAccount(world, { dryRun: true, intake: intake as Settings["intake"] }));
  }

  static async on(world: World, account: TestAccount): Promise<Form> {
    const admin = await Browser.open(world, account.id, account.installed.adminId);
    const { keys } = await admin.send(IntakeKeys, "/api/intake/keys", {
      body: { name: "Website", isTrusted: true },
    });
    await until("Kommo has the fields", async () => {
      const [row] = await account.look<{ made: number }>(
        "SELECT jsonb_array_length(provisioned->'references') AS made FROM account WHERE account_id = $1",
        [account.id],
      );
      return row?.made === 3;
    });
    account.forget();
    return new Form(account, admin, keys[0]!.url);
  }

  /** Makes a key that stands in a page, and is no secret. @returns where its form is sent */
  async page(name = "Page"): Promise<string> {
    const { keys } = await this.admin.send(IntakeKeys, "/api/intake/keys", { body: { name } });
    return keys.find((key) => key.name === name)!.url;
  }

  /** Each request from an address of its own, so that none waits for another's. */
  async post(body: unknown, headers: Record<string, string> = {}, url = this.url): Promise<Answer> {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...fromElsewhere(),
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  }

  async send(body: unknown, headers: Record<string, string> = {}): Promise<Told> {
    const answer = await this.post(body, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return Told.parse(answer.body);
  }

  /** What is wrong with a request, as `field: sentence`. */
  async refused(body: unknown, headers: Record<string, string> = {}): Promise<string[]> {
    const answer = await this.post(body, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBe(400);
    return (ApiError.parse(answer.body).error.issues ?? []).map(({ path, message }) => `${path}: ${message}`);
  }

  async receipt(id: string): Promise<Told> {
    const answer = await fetch(`${this.url}/receipts/${id}`, { headers: fromElsewhere() });
    return Told.parse(await answer.json());
  }

  /** Waits for the end of a request. */
  async ended({ id }: IntakeReceipt): Promise<Told> {
    await until("the request has ended", async () => (await this.receipt(id)).status !== "received");
    return this.receipt(id);
  }

  async done(body: unknown, headers: Record<string, string> = {}): Promise<Told & { leadId: number }> {
    const receipt = await this.ended(await this.send(body, headers));
    expect(receipt).toMatchObject({ status: "done", leadId: expect.any(Number) });
    return receipt as Told & { leadId: number };
  }

  /** Everything in Kommo, by kind. */
  async everything(entity: "leads" | "contacts" | "companies"): Promise<{ id: number; name: string }[]> {
    const { access_token } = this.account.control.oauth.longLivedToken({ account: this.account.id });
    const answer = await fetch(`${this.account.world.kommo.origin}/api/v4/${entity}?limit=250`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    if (answer.status === 204) return [];
    const { _embedded } = (await answer.json()) as { _embedded: Record<string, { id: number; name: string }[]> };
    return _embedded[entity]!;
  }

  contact(name: string, fields: { EMAIL?: string; PHONE?: string } = {}): number {
    return this.account.control.contacts.create({ account: this.account.id, name, fields }).id;
  }
}
