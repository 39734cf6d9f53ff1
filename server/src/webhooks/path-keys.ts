import { createHash } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { type AccountStatus, Doors } from "../database/doors.ts";

const REMEMBER_MS = 10_000;
const REMEMBER_AT_MOST = 10_000;
/** More than these are guesses, which may as well be told to come later. */
const WAITING_AT_MOST = 200;

/** What provisioning makes: 32 bytes in base64url. */
const KEY = /^[\w-]{43}$/;

interface Known {
  account: { accountId: number; status: AccountStatus } | undefined;
  until: number;
}

export function hashPathKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

type LookUp = (keyHash: Buffer) => Promise<Known["account"]>;

/** From a secret key to the account it was made for. */
class SecretKeys {
  private readonly known = new Map<string, Known>();
  /** Apart, so that a stranger's guesses do not push the genuine keys out. */
  private readonly unknown = new Map<string, Known>();
  private waiting = 0;
  private lookup: Promise<unknown> = Promise.resolve();

  constructor(private readonly ask: LookUp) {}

  /** @throws when the database is away and the key is not remembered */
  async accountOf(key: string): Promise<Known["account"]> {
    if (!KEY.test(key)) return undefined;
    const hash = hashPathKey(key);
    const name = hash.toString("base64");
    const remembered = () => {
      const known = this.known.get(name) ?? this.unknown.get(name);
      return known && known.until > Date.now() ? known : undefined;
    };
    const known = remembered();
    if (known) return known.account;
    // A key that was genuine ten seconds ago does not queue behind guesses.
    if (this.known.has(name)) return this.lookUp(hash, name);
    if (this.waiting >= WAITING_AT_MOST) throw new Error("Too many unknown keys are being looked up.");
    this.waiting++;
    // One after the other: guesses, however many, leave the door's other connections to what is delivered.
    const found = this.lookup.then(async () => {
      this.waiting--;
      const meanwhile = remembered();
      return meanwhile ? meanwhile.account : this.lookUp(hash, name);
    });
    this.lookup = found.catch(() => {});
    return found;
  }

  private async lookUp(hash: Buffer, name: string): Promise<Known["account"]> {
    const account = await this.ask(hash);
    const memory = account ? this.known : this.unknown;
    if (memory.size >= REMEMBER_AT_MOST) memory.clear();
    memory.set(name, { account, until: Date.now() + REMEMBER_MS });
    return account;
  }
}

/** The key in a webhook's path. General webhooks carry no other proof. */
@Injectable()
export class PathKeys extends SecretKeys {
  constructor(doors: Doors) {
    super((hash) => doors.accountOfPathKey(hash));
  }
}

/** The key in the settings of an action in the Digital Pipeline, which carries no other proof either. */
@Injectable()
export class DigitalPipelineKeys extends SecretKeys {
  constructor(doors: Doors) {
    super((hash) => doors.accountOfDigitalPipelineKey(hash));
  }
}
