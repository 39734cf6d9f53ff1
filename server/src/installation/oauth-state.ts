import { createHmac, randomBytes } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { isSameBytes } from "../same-bytes.ts";
import { Sealing } from "./sealing.ts";
import { SpentTokens } from "./spent-tokens.ts";

const LIVES_MS = 20 * 60_000;

/** Who opened the window, and what tells this window from every other. */
export interface Asked {
  accountId: number;
  userId: number;
  nonce: string;
  until: number;
}

/**
 * The `state` of the settings button's OAuth window: says which account and user asked, and cannot be forged. The
 * account the grant turns out to be for must be the same, so a stranger's code cannot be slipped in. It lets one window
 * in: whoever finds its address later, in a history or a log, is not let in again.
 */
@Injectable()
export class OAuthState {
  constructor(
    private readonly sealing: Sealing,
    private readonly spent: SpentTokens,
  ) {}

  issue(accountId: number, userId: number): string {
    const text = `${accountId}.${userId}.${Date.now() + LIVES_MS}.${randomBytes(9).toString("base64url")}`;
    return `${text}.${sign(this.keys()[0]!, text)}`;
  }

  /** @returns who asked, or undefined when it is forged or older than 20 minutes */
  read(state: string): Asked | undefined {
    const cut = state.lastIndexOf(".");
    const text = state.slice(0, cut);
    const given = Buffer.from(state.slice(cut + 1));
    const genuine = this.keys().some((key) => isSameBytes(Buffer.from(sign(key, text)), given));
    const [account = "", user = "", end = "", nonce = ""] = text.split(".");
    const [accountId, userId, until] = [Number(account), Number(user), Number(end)];
    if (!genuine || !accountId || !userId || !until || until < Date.now()) return undefined;
    return { accountId, userId, nonce, until };
  }

  /** @returns false when a window with this state came back before */
  spend({ accountId, nonce, until }: Asked): Promise<boolean> {
    return this.spent.isFirstUse(accountId, {
      id: `state ${nonce}`,
      issuedAtSeconds: (until - LIVES_MS) / 1000,
      takenUntilSeconds: until / 1000,
    });
  }

  private keys() {
    return this.sealing.signingKeys("oauth state");
  }
}

function sign(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
