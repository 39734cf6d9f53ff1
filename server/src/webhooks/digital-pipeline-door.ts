import { Injectable, Logger } from "@nestjs/common";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Bell } from "../queue/bell.ts";
import { type DigitalPipelineCall, readCall } from "./digital-pipeline.ts";
import { Mailbox } from "./mailbox.ts";
import { DigitalPipelineKeys } from "./path-keys.ts";
import { readRawBody } from "./raw-body.ts";

/** More than Kommo ever sends; anybody may send, because the key stands in the body. */
const BYTES_AT_MOST = 64 * 1024;

const NO_KEY = "The action carries no key of Dealscope: open its settings in the Digital Pipeline and save them again.";

/**
 * Where the Digital Pipeline calls. The address is the same for every account and nothing is signed, so each account has
 * a key that opens nothing but this door. Kommo calls once and waits two seconds: one insert, ring, 200.
 */
@Injectable()
export class DigitalPipelineDoor {
  private readonly log = new Logger("door");

  constructor(
    private readonly keys: DigitalPipelineKeys,
    private readonly mailbox: Mailbox,
    private readonly bell: Bell,
  ) {}

  open(app: FastifyInstance) {
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", async () => undefined);
      scope.post("/hooks/kommo/dp", (request, reply) => this.receive(request, reply));
    });
  }

  private async receive(request: FastifyRequest, reply: FastifyReply) {
    const refuse = (status: number, message: string) => reply.code(status).send({ message });
    const { text, cut } = await readRawBody(request.raw, BYTES_AT_MOST);
    if (cut) return refuse(413, "The body is larger than 64 kB.");
    let call: DigitalPipelineCall;
    try {
      call = readCall(text);
    } catch {
      return refuse(400, "The body is neither a form nor JSON.");
    }
    if (!call.key) return refuse(401, NO_KEY);
    try {
      const account = await this.keys.accountOf(call.key);
      if (!account) return refuse(404, "The action's key belongs to no account here.");
      if (call.accountId !== account.accountId) return refuse(401, "The action's key belongs to another account.");
      // After an uninstall the action may stay where the customer has put it; there is nobody to do anything for.
      if (account.status === "uninstalled") return reply.code(200).send();
      await this.mailbox.store({
        accountId: account.accountId,
        source: "kommo-dp",
        contentType: "application/json",
        body: call.kept,
        flag: null,
        state: "new",
      });
      this.bell.ring(account.accountId);
      return reply.code(200).send();
    } catch (error) {
      this.log.error(`A call of the Digital Pipeline could not be stored: ${(error as Error).message}`);
      return refuse(503, "It could not be stored.");
    }
  }
}
