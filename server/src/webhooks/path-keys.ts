import { createHash } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { type AccountStatus, Doors } from "../database/doors.ts";

const REMEMBER_MS = 10_000;
const REMEMBER_AT_MOST = 10_000;

interface Known {
  account: { accountId: number; status: AccountStatus } | undefined;
  until: number;
}

export function hashPathKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** From the secret key in a webhook's path to the account. General webhooks carry no other proof. */
@Injectable()
export class PathKeys {
  private readonly known = new Map<string, Known>();
  /** Apart, so that a stranger's guesses do not push the genuine keys out. */
  private readonly unknown = new Map<string, Known>();

  constructor(private readonly doors: Doors) {}

  /** @throws when the database is away and the key is not remembered */
  async accountOf(key: string): Promise<Known["account"]> {
    const hash = hashPathKey(key);
    const name = hash.toString("base64");
    const known = this.known.get(name) ?? this.unknown.get(name);
    if (known && known.until > Date.now()) return known.account;
    const account = await this.doors.accountOfPathKey(hash);
    const memory = account ? this.known : this.unknown;
    if (memory.size >= REMEMBER_AT_MOST) memory.clear();
    memory.set(name, { account, until: Date.now() + REMEMBER_MS });
    return account;
  }
}
