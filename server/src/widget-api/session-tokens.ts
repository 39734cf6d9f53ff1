import { Injectable } from "@nestjs/common";
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { Sealing } from "../installation/sealing.ts";

const LIVES_MS = 15 * 60_000;
const ISSUER = "dealscope";

const claims = z.object({ sub: z.coerce.number().int().positive(), account: z.int().positive() });

/** Our own tokens: short, for one user of one account, and without any right in them. */
@Injectable()
export class SessionTokens {
  constructor(private readonly sealing: Sealing) {}

  async issue(accountId: number, userId: number): Promise<{ token: string; expiresAt: Date }> {
    const expiresAt = new Date(Date.now() + LIVES_MS);
    const token = await new SignJWT({ account: accountId })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(ISSUER)
      .setSubject(String(userId))
      .setExpirationTime(expiresAt)
      .sign(this.keys()[0]!);
    return { token, expiresAt };
  }

  /** @returns whose session it is, or undefined when it is over, or none of ours */
  async read(token: string): Promise<{ accountId: number; userId: number } | undefined> {
    for (const key of this.keys()) {
      try {
        const options = { algorithms: ["HS256"], issuer: ISSUER, requiredClaims: ["exp"] };
        const { sub: userId, account: accountId } = claims.parse((await jwtVerify(token, key, options)).payload);
        return { accountId, userId };
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
    }
    return undefined;
  }

  /** All keys of the ring, so that changing the key ends no session. */
  private keys() {
    return this.sealing.signingKeys("session");
  }
}
