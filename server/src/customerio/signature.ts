import { createHmac, type Hmac, timingSafeEqual } from "node:crypto";

/** The headers by which Customer.io signs a reporting webhook. */
export interface Signature {
  timestamp: string;
  /** Lower-case hexadecimal. */
  signature: string;
}

/** What a key makes of a body that is too large to be held, chunk by chunk. */
export class SignatureOf {
  private readonly hmac: Hmac | undefined;

  constructor(
    key: string,
    private readonly sent: Signature,
  ) {
    if (isSignature(sent)) this.hmac = createHmac("sha256", key).update(`v0:${sent.timestamp}:`);
  }

  add(chunk: Buffer) {
    this.hmac?.update(chunk);
  }

  isRight(): boolean {
    return !!this.hmac && timingSafeEqual(this.hmac.digest(), Buffer.from(this.sent.signature, "hex"));
  }
}

function isSignature({ timestamp, signature }: Signature): boolean {
  return /^\d{1,15}$/.test(timestamp) && /^[0-9a-f]{64}$/.test(signature);
}

/**
 * Whether these bytes were signed with this key. How old the signature is does not matter: a retry may come days later,
 * and what is told twice is known by its id.
 */
export function isSigned(key: string, body: Buffer, sent: Signature): boolean {
  const made = new SignatureOf(key, sent);
  made.add(body);
  return made.isRight();
}
