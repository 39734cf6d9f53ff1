import type { ApiError } from "@dealscope/shared/api-error";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ApiFailure, notFound, statusOf } from "./api-failure.ts";
import { isApiPath, setCommonHeaders } from "./api-headers.ts";
import { refusalPage, wantsPage } from "./form-pages.ts";

/** Sends a refusal in the form that is documented, or as a page to whoever has sent a form without a script. */
export function refuse(request: FastifyRequest, reply: FastifyReply, failure: ApiFailure, requestId: string) {
  const { issues, connectUrl, currentVersion, retryAfterSeconds } = failure.particulars;
  if (retryAfterSeconds !== undefined) reply.header("retry-after", Math.ceil(retryAfterSeconds));
  reply.code(statusOf[failure.code]);
  if (wantsPage(request)) return reply.type("text/html; charset=utf-8").send(refusalPage(request.headers, failure));
  const body: ApiError = {
    error: {
      code: failure.code,
      message: failure.message,
      requestId,
      ...(issues ? { issues } : {}),
      ...(connectUrl ? { connectUrl } : {}),
      ...(currentVersion === undefined ? {} : { currentVersion }),
    },
  };
  return reply.type("application/json").send(body);
}

/** Paths that Fastify itself does not take, before any hook: with broken escapes, or too long. There is nothing at them. */
export function refuseBadPath(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) {
  const requestId = setCommonHeaders(reply);
  if (!isApiPath(request.url)) return reply.code(error.statusCode ?? 400).send();
  return refuse(request, reply, notFound(), requestId);
}
