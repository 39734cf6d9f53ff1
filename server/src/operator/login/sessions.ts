import { createHmac, randomUUID } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { errors, jwtVerify, SignJWT } from "jose";
import { FrontDesk } from "../../database/front-desk.ts";
import { networkOf } from "../../http/network-of.ts";
import { Sealing } from "../../installation/sealing.ts";
import { OperatorToken } from "../../operations/operator-token.ts";
import { isSameBytes } from "../../same-bytes.ts";

/** A night's watch. */
export const SESSION_HOURS = 8;
const ISSUER = "dealscope operator";
const ALGORITHM = "HS256";

export interface Session {
  id: string;
  /** What the operator called himself when signing in; written into the audit. */
  name: string;
}

/**
 * Who is signed in to the operator's pages. The cookie is signed, so that what somebody makes up is refused without asking the
 * database; and the session is a row, so that signing out ends it also for who has copied the cookie.
 */
@Injectable()
export class OperatorSessions {
  constructor(
    private readonly frontDesk: FrontDesk,
    private readonly sealing: Sealing,
    private readonly token: OperatorToken,
  ) {}

  /** @returns the value of the cookie */
  async begin(name: string, address: string): Promise<string> {
    const id = randomUUID();
    const endsAt = new Date(Date.now() + SESSION_HOURS * 3_600_000);
    await this.frontDesk.dataSource.query("DELETE FROM operator_session WHERE ends_at < now()");
    await this.frontDesk.dataSource.query(
      "INSERT INTO operator_session (id, name, network, ends_at) VALUES ($1, $2, $3, $4)",
      [id, name, networkOf(address), endsAt],
    );
    return new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setJti(id)
      .setExpirationTime(endsAt)
      .sign(this.keys()[0]!);
  }

  /** @returns undefined when it is over, or none of ours */
  async read(cookie: string): Promise<Session | undefined> {
    const id = await this.idIn(cookie);
    if (id === undefined) return undefined;
    const [row] = await this.frontDesk.dataSource.query(
      "SELECT id, name FROM operator_session WHERE id = $1 AND ends_at > now()",
      [id],
    );
    return row;
  }

  async end({ id }: Session) {
    await this.frontDesk.dataSource.query("DELETE FROM operator_session WHERE id = $1", [id]);
  }

  /** Stands in every form: a page of somebody else cannot know it. */
  formKey(session: Session): string {
    return this.proof(session, "form");
  }

  isFormKey(session: Session, given: string): boolean {
    return this.isProof(session, "form", given);
  }

  /** Goes with a text through the browser: nobody else can have given it to who is signed in. */
  proof({ id }: Session, text: string): string {
    return this.proofs(id, text)[0]!;
  }

  isProof({ id }: Session, text: string, given: string): boolean {
    const bytes = Buffer.from(given);
    return this.proofs(id, text).some((proof) => isSameBytes(Buffer.from(proof), bytes));
  }

  private async idIn(cookie: string): Promise<string | undefined> {
    for (const key of this.keys()) {
      try {
        const options = { algorithms: [ALGORITHM], issuer: ISSUER, requiredClaims: ["exp", "jti"] };
        return (await jwtVerify(cookie, key, options)).payload.jti;
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
    }
    return undefined;
  }

  private proofs(id: string, text: string): string[] {
    return this.keys().map((key) => createHmac("sha256", key).update(`${id} ${text}`).digest("base64url"));
  }

  /** All keys of the ring, so that changing the key signs nobody out. */
  private keys() {
    return this.token.bind(this.sealing.signingKeys("operator session"));
  }
}
