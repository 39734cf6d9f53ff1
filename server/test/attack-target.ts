import { AccountSettings } from "@dealscope/shared/account-settings";
import { PromptVersions } from "@dealscope/shared/prompt-versions";
import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { TestAccount } from "./account.ts";
import { nameOf, type Operation } from "./attack-document.ts";
import { fill, type Things } from "./attack-fill.ts";
import { type EngagementWorld, engage, keysOf } from "./engagement-kit.ts";
import { type Ask, Browser } from "./widget-api-kit.ts";

interface Contents {
  settings: AccountSettings;
  content: PromptVersionContent;
  connection: object;
}

const PLACES: Record<string, keyof Things> = {
  "/api/leads/{id}": "lead",
  "/api/dry-runs/{id}": "dryRun",
  "/api/backfills/{id}": "backfill",
  "/api/intake/keys/{id}": "key",
  "/api/intake/merge-proposals/{id}": "proposal",
  "/api/leads/{id}/committee/members/{contactId}": "contact",
  "/api/leads/{id}/committee/suggestions/{suggestionId}": "suggestion",
  "/api/leads/{id}/committee/objections/{objectionId}": "objection",
  "/api/prompt-versions/{number}": "draft",
  "/intake/{key}": "formKey",
  "/intake/{key}/receipts/{id}": "receipt",
};

const QUERIES: Record<string, string> = {
  "GET /api/leads": "search=deal",
  "GET /api/queue": "whose=all",
  "GET /api/leads/{id}/committee/contacts": "query=other",
  "GET /api/reports/deals": "report=gates&part=all",
};

/** What somebody sends who may; where a route takes a body. */
const BODIES: Record<string, (things: Things, contents: Contents) => unknown> = {
  "POST /api/leads/{id}/task": () => ({ text: "Call back", minutes: 60 }),
  "POST /api/leads/{id}/override": () => ({ segment: "cold", score: 11, reason: "No budget", expiresAt: null }),
  "POST /api/leads/{id}/committee/members": ({ otherContact }) => ({ contactId: otherContact }),
  "PUT /api/leads/{id}/committee/members/{contactId}": () => ({ weight: 40 }),
  "PUT /api/leads/{id}/committee/members/{contactId}/approval": () => ({ approval: "approved" }),
  "POST /api/leads/{id}/committee/suggestions/{suggestionId}": () => ({ answer: "take" }),
  "POST /api/leads/{id}/committee/objections": ({ contact }) => ({ contactId: contact, text: "Too expensive" }),
  "PUT /api/leads/{id}/committee/objections/{objectionId}": () => ({ state: "answered" }),
  "PUT /api/settings": (_, { settings: { version, settings } }) => ({ version, settings }),
  "POST /api/prompt-versions/compile": (_, { content }) => ({ content }),
  "POST /api/prompt-versions/try": ({ lead }, { content }) => ({ content, leadId: lead }),
  "POST /api/dry-runs": () => ({ leads: 1 }),
  "POST /api/prompt-versions": (_, { content }) => content,
  "PUT /api/prompt-versions/{number}": (_, { content }) => content,
  "POST /api/prompt-versions/{number}/publish": () => ({}),
  "POST /api/agreement/labels": ({ lead }) => ({ rows: [{ leadId: lead, segment: "cold" }] }),
  "POST /api/backfills": () => ({ onlyUnjudged: true }),
  "POST /api/activity/retry": () => ({}),
  "PUT /api/engagement/connection": (_, { connection }) => connection,
  "POST /api/engagement/preview": ({ lead }, { settings }) => ({
    leadId: lead,
    settings: settings.settings.engagement,
  }),
  "POST /api/intake/keys": () => ({ name: "Another" }),
  "POST /intake/{key}": () => ({ contacts: [{ name: "Paula", email: "paula@form.example" }] }),
};

/** An account with one of everything that a route can name, and its secret in every text. */
export class Target {
  private constructor(
    readonly account: TestAccount,
    readonly admin: Browser,
    readonly things: Things,
    private readonly contents: Contents,
    /** Stands in names, words and addresses of its people and deals, and nowhere else. */
    readonly secret: string,
  ) {}

  get adminId(): number {
    return this.account.installed.adminId;
  }

  /** What is numbered in each account by itself has numbers from `numbersFrom`, so that one account does not have the other's. */
  static async of(world: EngagementWorld, secret: string, numbersFrom: number): Promise<Target> {
    const { workspace, admin, ...installed } = await engage(world);
    const account = new TestAccount(world, installed);
    await account.set({ triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
    const { content } = (await admin.get(PromptVersions, "/api/prompt-versions")).versions[0]!;
    const things = await fill(account, admin, { secret, numbersFrom, content });
    const settings = await admin.get(AccountSettings, "/api/settings");
    const { siteId, trackKey } = keysOf(world, workspace);
    return new Target(account, admin, things, { settings, content, connection: { siteId, trackKey } }, secret);
  }

  /** Another user with the widget open. */
  async rep(name: string, leads: { view: "A" | "M"; edit: "A" | "M" | "D" }): Promise<Browser> {
    const rights = { leads: { add: "A", delete: "A", export: "A", ...leads } as const };
    const { id } = this.account.control.accounts.addUser({ account: this.account.id, name, rights });
    return Browser.open(this.account.world, this.account.id, id);
  }

  /**
   * The request that somebody makes who may; `own` are things of the asker that stand in for some of these.
   * @throws for a route of which nobody has said yet how it is asked
   */
  request(operation: Operation, own: Partial<Things> = {}): [path: string, wish: Ask] {
    const things = { ...this.things, ...own };
    const name = nameOf(operation);
    const path = operation.path.replace(/\{\w+\}/g, (_, at: number) => {
      const place = operation.path.slice(0, operation.path.indexOf("}", at) + 1);
      const thing = PLACES[place];
      if (!thing) throw new Error(`Say in PLACES of attack-target.ts what ${place} names.`);
      return String(things[thing]);
    });
    const body = BODIES[name];
    if (operation.described.requestBody && !body)
      throw new Error(`Say in BODIES of attack-target.ts what ${name} is sent.`);
    const query = QUERIES[name];
    return [
      query ? `${path}?${query}` : path,
      { method: operation.method, ...(body ? { body: body(things, this.contents) } : {}) },
    ];
  }

  /** No work is due within the minute, and no write. */
  async isQuiet(): Promise<boolean> {
    const due = await this.account.look(
      `SELECT FROM work WHERE account_id = $1 AND state = 'open' AND due_at < app_now() + interval '1 minute'
       UNION ALL SELECT FROM write WHERE account_id = $1 AND state = 'due'`,
      [this.account.id],
    );
    return due.length === 0;
  }

  /** All rows of the account, by table; what a scan, upkeep or a session leaves behind is nobody's attack. */
  async rows(): Promise<Record<string, string>> {
    const tables = await this.account.look<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL($1) ORDER BY 1`,
      [["scan", "kommo_user", "spent_token"]],
    );
    const digests = tables.map(
      ({ name }) => `
      SELECT '${name}' AS name, count(*) || ' ' || coalesce(md5(string_agg(said, ' ' ORDER BY said)), '') AS digest
        FROM (SELECT (to_jsonb(t) - '{upkept_at,last_heard_at}'::text[])::text AS said
                FROM ${name} t WHERE account_id = $1) rows`,
    );
    const rows = await this.account.look<{ name: string; digest: string }>(digests.join(" UNION ALL "), [
      this.account.id,
    ]);
    return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
  }
}
