import type { FastifyReply, FastifyRequest } from "fastify";
import type { Workspace } from "../state/workspace.ts";

/** Of a call that was let in: its key says whose it is. */
export function workspaceOf(request: FastifyRequest): Workspace {
  return request.customerIo.credentials!.workspace;
}

export function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ errors: [{ detail: "not found", status: "404" }] });
}
