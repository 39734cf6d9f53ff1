import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key that something was sealed with is not there, or is another one: the operator's to mend, and then it works again. */
export class SecretUnreadable extends Error {
  override readonly name = "SecretUnreadable";
  readonly unavailable = true;
  readonly retryAfterMs = 60_000;

  constructor(readonly keyId: string) {
    super(`A secret was sealed with a key "${keyId}" that is not in SECRET_KEYS, or is another one there.`);
  }
}

/**
 * Encrypts secrets at rest. The key's id travels with the text, so keys are rotated by putting a new one first: old
 * texts are still read, and whatever is saved again uses the new key.
 */
@Injectable()
export class Sealing {
  private readonly keys: Map<string, Buffer>;
  private readonly current: { id: string; key: Buffer };

  constructor(@Inject(CONFIG) config: Pick<Config, "SECRET_KEYS">) {
    this.keys = new Map(config.SECRET_KEYS.map(({ id, key }) => [id, key]));
    this.current = config.SECRET_KEYS[0]!;
  }

  /** @returns `<key id>:<base64 of iv, tag and text>` */
  seal(text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.current.key, iv);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return `${this.current.id}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64")}`;
  }

  /** @throws SecretUnreadable when the key is not in the ring, or the text was not sealed with it */
  open(sealed: string): string {
    const [id = "", base64 = ""] = sealed.split(":");
    const key = this.keys.get(id);
    if (!key) throw new SecretUnreadable(id);
    const bytes = Buffer.from(base64, "base64");
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
    } catch {
      throw new SecretUnreadable(id);
    }
  }

  isSealedWithCurrentKey(sealed: string): boolean {
    return sealed.startsWith(`${this.current.id}:`);
  }

  /** A key for signing, derived for one purpose; all keys of the ring are given so that old signatures verify. */
  signingKeys(purpose: string): Buffer[] {
    return [...this.keys.values()].map((key) => createHmac("sha256", key).update(purpose).digest());
  }
}
