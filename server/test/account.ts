import type { Settings } from "@dealscope/shared/settings";
import { Accounts } from "../src/installation/accounts.ts";
import { Bell } from "../src/queue/bell.ts";
import type { RunningServer } from "../src/server.ts";
import { type Installed, until, type World } from "./world.ts";

type Part<T> = { [K in keyof T]?: T[K] | Partial<T[K]> };

/** An installed account as its people see and touch it, with short ways to what our database knows of it. */
export class TestAccount {
  constructor(
    readonly world: World,
    readonly installed: Installed,
    private readonly servers: RunningServer[] = [world.server],
  ) {}

  get id(): number {
    return this.installed.accountId;
  }

  get control() {
    return this.world.kommo.control;
  }

  /** Also short settle times, so that no test waits for a card to fill unless it is about that. */
  async set(settings: Part<Settings> = {}) {
    await this.look("UPDATE account SET settings = $2::jsonb WHERE account_id = $1", [
      this.id,
      JSON.stringify({ settleSeconds: 0.2, settleAtMostSeconds: 2, ...settings }),
    ]);
    this.forget();
  }

  /** Servers remember an account for some seconds. */
  forget() {
    for (const server of this.servers) server.app.get(Accounts).forget(this.id);
  }

  look<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.world.database.look<Row>(sql, parameters);
  }

  create(wish: Omit<Parameters<World["kommo"]["control"]["leads"]["create"]>[0], "account">): number {
    return this.control.leads.create({ account: this.id, ...wish }).id;
  }

  lead(id: number) {
    return this.control.leads.read({ account: this.id, ids: [id] })[0]!;
  }

  /** Our tags on a lead. */
  segment(id: number): string[] {
    return this.lead(id).tags.filter((tag) => tag.startsWith("dealscope:") || tag === "needs manual qualification");
  }

  /** Model calls whose message has this text in it. */
  asked(text: string): number {
    return this.world.openai.control.calls({ containing: text }).length;
  }

  /** Requests of this account by `METHOD route`. */
  calls(route: string): number {
    return this.control.ledger.summary({ account: this.id }).requests.routes[route]?.requests ?? 0;
  }

  async verdicts(leadId: number) {
    return this.look<{
      status: string;
      reason: string | null;
      segment: string | null;
      score: number | null;
      asked_by: string;
    }>("SELECT * FROM verdict WHERE account_id = $1 AND lead_id = $2 ORDER BY id", [this.id, leadId]);
  }

  async written(id: number, what = `lead ${id} is written back`) {
    await until(what, () => this.segment(id).length > 0);
  }

  /** Until no delivery, no work of this kind and no write waits: what had to happen has happened. */
  async quiet(kind = "qualify") {
    await until("everything is done", async () => {
      if (!(await this.control.hooks.idle()).idle) return false;
      const [row] = await this.look<{ open: number }>(
        `SELECT (SELECT count(*) FROM delivery WHERE account_id = $1 AND state = 'new')
              + (SELECT count(*) FROM work WHERE account_id = $1 AND kind = $2 AND state = 'open')
              + (SELECT count(*) FROM write WHERE account_id = $1 AND state = 'due') AS open`,
        [this.id, kind],
      );
      return Number(row?.open) === 0;
    });
  }

  /** Asks for work as the API for the card does it. */
  async ask(kind: string, subject: number, detail: object = {}, priority = 0) {
    await this.look(
      `INSERT INTO work AS w (account_id, kind, subject, priority, due_at, detail) VALUES ($1, $2, $3, $4, app_now(), $5)
       ON CONFLICT (account_id, kind, subject) DO UPDATE SET due_at = app_now(), state = 'open', priority = $4,
         generation = w.generation + 1, detail = w.detail || $5`,
      [this.id, kind, subject, priority, JSON.stringify(detail)],
    );
    this.ring();
  }

  /** Lets everything of a table that waits for its time be due now. */
  async hurry(table: "work" | "write") {
    await this.look(`UPDATE ${table} SET due_at = app_now() WHERE account_id = $1 AND due_at > app_now()`, [this.id]);
    this.ring();
  }

  ring() {
    this.servers[0]?.app.get(Bell).ring(this.id);
  }
}

/** Texts that the stand-in's rules judge in a known way. */
export const texts = {
  hot: "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I am the CEO and decide myself. We must go live by March.",
  cold: "Just looking, no budget, no rush. I don't decide, I am an intern.",
  spam: "Buy followers and backlinks at our casino, click here!",
} as const;

export async function installAccount(
  world: World,
  settings: Part<Settings> = {},
  wish: Parameters<World["install"]>[0] = {},
): Promise<TestAccount> {
  const account = new TestAccount(world, await world.install(wish));
  await account.set(settings);
  return account;
}

/** For worlds that are not about limits: Kommo as fast as it can be. */
export const unlimited = {
  env: { KOMMO_ACCOUNT_RPS: "200", KOMMO_EGRESS_RPS: "200" },
  kommo: { switches: { ratePerSecond: 1_000 } },
} as const;
