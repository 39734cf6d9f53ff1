import type { Session } from "@dealscope/shared/session";
import type { KommoWidget } from "../host/kommo.ts";
import { postWithToken } from "../host/one-time-token.ts";
import { type Page, record, textOf } from "../host/page.ts";
import { problemIn, silence } from "./problem.ts";

export type OpenSession = Pick<Session, "token" | "isAdmin" | "userName" | "accountStatus">;

/** These outlive the widgets that Kommo makes anew for each card. A session belongs to one user of one account. */
let shared: { owner: string; session: Promise<OpenSession> } | undefined;
/** The last trade had no answer. */
let wasSilent = false;

/**
 * Our session, for which Kommo's one-time token is traded. The trade is made once; again only when the backend no longer
 * knows the session, or after a trade that failed and was asked for anew.
 */
export class SessionHolder {
  private readonly owner: string;

  constructor(
    private readonly widget: KommoWidget,
    { accountId, userId }: Page,
  ) {
    this.owner = `${accountId} ${userId}`;
  }

  /** @throws Problem */
  get(): Promise<OpenSession> {
    if (shared?.owner !== this.owner) {
      const session = this.exchange();
      shared = { owner: this.owner, session };
      session.catch(() => this.drop(session));
    }
    return shared.session;
  }

  /** Begins anew: for where it must be seen whether the account is connected now. */
  forget() {
    if (shared?.owner === this.owner) shared = undefined;
  }

  /** The session with this token is over. */
  async over(token: string) {
    const { session } = shared ?? {};
    if (session && (await session.catch(() => undefined))?.token === token) this.drop(session);
  }

  /**
   * Where an administrator connects the account: Kommo's consent window, for 20 minutes.
   * @throws Problem
   */
  async connectAddress(): Promise<string> {
    const { url } = record(await this.post("/api/connect"));
    return textOf(url);
  }

  private drop(session: Promise<OpenSession>) {
    if (shared?.session === session) shared = undefined;
  }

  private async exchange(): Promise<OpenSession> {
    const { token, isAdmin, userName, accountStatus } = record(await this.post("/api/session"));
    return {
      token: textOf(token),
      isAdmin: isAdmin === true,
      userName: textOf(userName),
      accountStatus: accountStatus === "active" ? "active" : "needs_reconnect",
    };
  }

  private async post(path: string): Promise<unknown> {
    // A backend that is away is asked again and again, and Kommo's tokens are not for that.
    if (wasSilent) await this.hearAnything();
    const { status, body } = await postWithToken(this.widget, `${DEALSCOPE_URL}${path}`);
    wasSilent = status === 0;
    if (wasSilent) throw silence();
    if (status < 200 || status > 299) throw problemIn(body, { ofTrade: true });
    return body;
  }

  private async hearAnything() {
    try {
      await fetch(`${DEALSCOPE_URL}/api/session`);
    } catch {
      throw silence();
    }
  }
}
