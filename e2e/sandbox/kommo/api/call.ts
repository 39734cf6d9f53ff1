import type { AccessToken } from "../oauth/grants.ts";
import { type Account, hostOf } from "../state/account.ts";
import type { User } from "../state/settings.ts";
import { forbidden, notFound } from "./problem.ts";

export type Query = Record<string, unknown>;

/** One authenticated request to the API. */
export class Call {
  readonly account: Account;
  readonly token: AccessToken;
  /** Who acts: the token's user, or the one an administrator's token speaks for. */
  readonly user: User;
  readonly query: Query;
  readonly body: unknown;
  readonly params: Record<string, string>;
  /** `https://acme.kommo.com`, or how else the request came in, so that the links of an answer can be followed. */
  readonly origin: string;
  /** How many things it created; for the ledger. */
  created = 0;

  constructor(from: Pick<Call, "account" | "token" | "user" | "query" | "body" | "params"> & { host: string }) {
    this.account = from.account;
    this.token = from.token;
    this.user = from.user;
    this.query = from.query;
    this.body = from.body;
    this.params = from.params;
    const isOurs = /\.(kommo|amocrm)\.com$/.test(from.host) || from.host === "";
    this.origin = isOurs ? `https://${hostOf(this.account)}` : `http://${from.host}`;
  }

  /** A numeric path parameter. */
  id(name = "id"): number {
    const id = Number(this.params[name]);
    if (!Number.isInteger(id)) throw notFound();
    return id;
  }

  /** `with=contacts,loss_reason` */
  with(name: string): boolean {
    return String(this.query.with ?? "")
      .split(",")
      .includes(name);
  }

  link(path: string): { self: { href: string } } {
    return { self: { href: `${this.origin}/api/v4${path}` } };
  }

  adminOnly(): void {
    if (!this.user.is_admin) throw forbidden();
  }
}
