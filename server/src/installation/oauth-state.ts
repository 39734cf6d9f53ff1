import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { Sealing } from "./sealing.ts";

const LIVES_MS = 20 * 60_000;

/**
 * The `state` of the settings button's OAuth window: says which account and user asked, and cannot be forged. The
 * account the grant turns out to be for must be the same, so a stranger's code cannot be slipped in.
 */
@Injectable()
export class OAuthState {
  constructor(private readonly sealing: Sealing) {}

  issue(accountId: number, userId: number): string {
    const text = `${accountId}.${userId}.${Date.now() + LIVES_MS}.${randomBytes(9).toString("base64url")}`;
    return `${text}.${sign(this.keys()[0]!, text)}`;
  }

  /** @returns who asked, or undefined when it is forged or older than 20 minutes */
  read(state: string): { accountId: number; userId: number } | undefined {
    const cut = state.lastIndexOf(".");
    const text = state.slice(0, cut);
    const given = Buffer.from(state.slice(cut + 1));
    const genuine = this.keys().some((key) => {
      const expected = Buffer.from(sign(key, text));
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
    const [accountId, userId, until] = text.split(".").map(Number);
    if (!genuine || !accountId || !userId || !until || until < Date.now()) return undefined;
    return { accountId, userId };
  }

  private keys() {
    return this.sealing.signingKeys("oauth state");
  }
}

function sign(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
