import { Injectable, Logger } from "@nestjs/common";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Bell } from "../queue/bell.ts";
import { Mailbox } from "./mailbox.ts";
import { PathKeys } from "./path-keys.ts";
import { readRawBody, takeAnyBody } from "./raw-body.ts";

/**
 * Where webhooks come in: authenticate, one insert, ring, 2xx. Nothing is judged here, because every refusal brings
 * Kommo closer to switching the hook off: a body that makes no sense is stored and shown as dead.
 */
@Injectable()
export class Door {
  private readonly log = new Logger("door");

  constructor(
    private readonly pathKeys: PathKeys,
    private readonly mailbox: Mailbox,
    private readonly bell: Bell,
  ) {}

  /** Straight on Fastify, in a scope of its own: the raw body is wanted, whatever type it claims to have. */
  open(app: FastifyInstance) {
    app.register(async (scope) => {
      // Nothing is read before the key is known: a stranger's body is not worth our memory.
      takeAnyBody(scope);
      scope.post<{ Params: { key: string } }>("/webhooks/kommo/:key", (request, reply) => this.receive(request, reply));
    });
  }

  private async receive(request: FastifyRequest<{ Params: { key: string } }>, reply: FastifyReply) {
    try {
      const account = await this.pathKeys.accountOf(request.params.key);
      if (!account) return reply.code(404).send();
      // After an uninstall hooks may go on for a while; there is nobody to do anything for.
      if (account.status === "uninstalled") return reply.code(204).send();
      const { text, cut } = await readRawBody(request.raw);
      await this.mailbox.store({
        accountId: account.accountId,
        source: "kommo",
        contentType: request.headers["content-type"] ?? "",
        body: text,
        flag: cut ? "The body was over 2 MB; its first 64 kB are kept." : null,
        state: cut ? "dead" : "new",
      });
      this.bell.ring(account.accountId);
      return reply.code(204).send();
    } catch (error) {
      this.log.error(`A webhook could not be stored: ${(error as Error).message}`);
      return reply.code(503).send();
    }
  }
}
