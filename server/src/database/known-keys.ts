import { createHash } from "node:crypto";

const REMEMBER_MS = 10_000;
const REMEMBER_AT_MOST = 10_000;
/** More than these are guesses, which may as well be told to come later. */
const WAITING_AT_MOST = 200;

/** What is made for addresses that anybody may call: 32 bytes in base64url. */
const KEY = /^[\w-]{43}$/;

interface Known<Owner> {
  owner: Owner | undefined;
  until: number;
}

export function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** From the secret key in an address to whose it is, remembered for some seconds. */
export class KnownKeys<Owner> {
  private readonly known = new Map<string, Known<Owner>>();
  /** Apart, so that a stranger's guesses do not push the genuine keys out. */
  private readonly unknown = new Map<string, Known<Owner>>();
  private waiting = 0;
  private lookup: Promise<unknown> = Promise.resolve();

  constructor(private readonly ask: (hash: Buffer) => Promise<Owner | undefined>) {}

  /** @throws when the database is away and the key is not remembered */
  async accountOf(key: string): Promise<Owner | undefined> {
    if (!KEY.test(key)) return undefined;
    const hash = hashKey(key);
    const name = hash.toString("base64");
    const remembered = () => {
      const known = this.known.get(name) ?? this.unknown.get(name);
      return known && known.until > Date.now() ? known : undefined;
    };
    const known = remembered();
    if (known) return known.owner;
    // A key that was genuine ten seconds ago does not queue behind guesses.
    if (this.known.has(name)) return this.lookUp(hash, name);
    if (this.waiting >= WAITING_AT_MOST) throw new Error("Too many unknown keys are being looked up.");
    this.waiting++;
    // One after the other: guesses, however many, leave the other connections to what is delivered.
    const found = this.lookup.then(async () => {
      this.waiting--;
      const meanwhile = remembered();
      return meanwhile ? meanwhile.owner : this.lookUp(hash, name);
    });
    this.lookup = found.catch(() => {});
    return found;
  }

  /** Looks past what is remembered, for who has reason to think that something about the key has changed. */
  async lookAgain(key: string): Promise<Owner | undefined> {
    const hash = hashKey(key);
    return this.lookUp(hash, hash.toString("base64"));
  }

  /** For whoever changes keys in this process: the others notice within seconds. */
  forget() {
    this.known.clear();
    this.unknown.clear();
  }

  private async lookUp(hash: Buffer, name: string): Promise<Owner | undefined> {
    const owner = await this.ask(hash);
    const memory = owner === undefined ? this.unknown : this.known;
    if (memory.size >= REMEMBER_AT_MOST) memory.clear();
    memory.set(name, { owner, until: Date.now() + REMEMBER_MS });
    return owner;
  }
}
