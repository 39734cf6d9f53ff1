import { Injectable, Logger } from "@nestjs/common";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isSigned, type Signature, SignatureOf } from "../customerio/signature.ts";
import { Bell } from "../queue/bell.ts";
import { Mailbox } from "./mailbox.ts";
import { CustomerIoKeys } from "./path-keys.ts";
import { asText, readBytes, takeAnyBody } from "./raw-body.ts";

/** A mail's text may come along where somebody has chosen so; more than this is kept in part only. */
const KEEP_AT_MOST = 1_000_000;
/** A signature is over the whole body, so it is held until it is checked, up to here. */
const READ_AT_MOST = 8 * 1024 * 1024;

/** Why a webhook was not believed. */
export type Refusal = "no_key" | "no_signature" | "wrong";

const WHY: Record<Refusal, string> = {
  no_key: "No signing key of reporting webhooks is saved in Dealscope.",
  no_signature: "The request is not signed.",
  wrong: "The request is not signed with the key that is saved in Dealscope.",
};

/** Told of every request that names an account's key; `refusal` is null when it was believed. */
type Hears = (accountId: number, refusal: Refusal | null) => void;

/**
 * Where Customer.io tells what became of its mails: authenticate, one insert, ring, 204. It waits four seconds, and what it is
 * refused holds up all of the workspace that comes after it, for an hour at least: so nothing is refused but what is not
 * signed rightly, or could not be stored. Then nothing is lost: it comes again for seven days.
 */
@Injectable()
export class CustomerIoDoor {
  private readonly log = new Logger("door");
  private readonly listeners: Hears[] = [];

  constructor(
    private readonly keys: CustomerIoKeys,
    private readonly mailbox: Mailbox,
    private readonly bell: Bell,
  ) {}

  onRequest(hears: Hears) {
    this.listeners.push(hears);
  }

  open(app: FastifyInstance) {
    app.register(async (scope) => {
      takeAnyBody(scope);
      scope.post<{ Params: { key: string } }>("/webhooks/customerio/:key", (request, reply) =>
        this.receive(request, reply),
      );
    });
  }

  private async receive(request: FastifyRequest<{ Params: { key: string } }>, reply: FastifyReply) {
    try {
      const account = await this.keys.accountOf(request.params.key);
      if (!account) return reply.code(404).send();
      // After an uninstall it goes on until somebody takes the webhook away; there is nobody to do anything for.
      if (account.status === "uninstalled") return reply.code(204).send();
      const { bytes, length, refusal } = await this.read(request, account.signingKey);
      for (const hears of this.listeners) hears(account.accountId, refusal);
      if (refusal) return reply.code(401).send({ message: WHY[refusal] });
      const { text, cut } = asText(bytes, length > KEEP_AT_MOST);
      await this.mailbox.store({
        accountId: account.accountId,
        source: "customerio",
        contentType: request.headers["content-type"] ?? "",
        body: text,
        flag: cut ? "The body was over 1 MB; its first 64 kB are kept." : null,
        state: cut ? "dead" : "new",
      });
      this.bell.ring(account.accountId);
      return reply.code(204).send();
    } catch (error) {
      this.log.error(`A webhook of Customer.io could not be stored: ${(error as Error).message}`);
      return reply.code(503).send();
    }
  }

  /** Of a body that is too large to be held the signature is made as it comes, with the key as it is kept now. */
  private async read(request: FastifyRequest<{ Params: { key: string } }>, remembered: string | null) {
    const isLarge = Number(request.headers["content-length"] ?? 0) > READ_AT_MOST;
    const key = isLarge ? await this.keyOf(request) : remembered;
    const sent = signatureIn(request);
    const made = sent && key !== null ? new SignatureOf(key, sent) : undefined;
    const { bytes, length } = await readBytes(request.raw, READ_AT_MOST, (chunk) => made?.add(chunk));
    const why = sent ? refusalBy(key) : "no_signature";
    if (made?.isRight()) return { bytes, length, refusal: null };
    if (!sent || length > READ_AT_MOST) return { bytes, length, refusal: why };
    // Another process may have saved the right one a moment ago, and to be refused once more costs an hour.
    const kept = await this.keyOf(request);
    return { bytes, length, refusal: kept !== null && isSigned(kept, bytes, sent) ? null : refusalBy(kept) };
  }

  private async keyOf({ params }: FastifyRequest<{ Params: { key: string } }>): Promise<string | null> {
    return (await this.keys.lookAgain(params.key))?.signingKey ?? null;
  }
}

const refusalBy = (key: string | null): Refusal => (key === null ? "no_key" : "wrong");

function signatureIn({ headers }: FastifyRequest): Signature | undefined {
  const timestamp = headers["x-cio-timestamp"];
  const signature = headers["x-cio-signature"];
  return typeof timestamp === "string" && typeof signature === "string" ? { timestamp, signature } : undefined;
}
