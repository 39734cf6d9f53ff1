import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { TooManyWrongTokens } from "../operations/wrong-tokens.ts";
import { placeIn } from "./login/place.ts";
import { NotFromOurPage, NotSignedIn } from "./login/signed-in.guard.ts";
import type { Told } from "./pages/error-page.tsx";
import { show } from "./show.ts";

/** What was asked for cannot be done, in a sentence for the operator. */
export class Refused extends Error {}

/** Says what went wrong on a page, because a person is looking. */
@Catch()
export class PageErrors implements ExceptionFilter {
  private readonly log = new Logger("operator");

  async catch(error: unknown, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof NotSignedIn) return this.lead(request, reply);
    if (error instanceof TooManyWrongTokens) reply.header("retry-after", error.retryAfterSeconds);
    const told = explain(error);
    if (told.status === 503) this.log.error(`A page failed: ${error instanceof Error ? error.stack : String(error)}`);
    reply.code(told.status);
    return show(reply, () => import("./pages/error-page.tsx").then((m) => m.ErrorPage), told);
  }

  /** To the form for signing in, and from there back to where he wanted to go. */
  private lead(request: FastifyRequest, reply: FastifyReply) {
    const to = placeIn(request.method === "GET" ? request.url : undefined);
    // A browser does not show a strict cookie when a link in an alert is followed. Asked from our own page, it does.
    if (request.method === "GET" && request.headers["sec-fetch-site"] === "cross-site")
      return show(reply, () => import("./pages/again-page.tsx").then((m) => m.AgainPage), { to });
    return reply
      .code(303)
      .header("location", `/operator/sign-in?to=${encodeURIComponent(to)}`)
      .send();
  }
}

function explain(error: unknown): Told {
  if (error instanceof TooManyWrongTokens) {
    const minutes = Math.ceil(error.retryAfterSeconds / 60);
    const sentence = `${error.message} The next one is looked at in ${minutes} minute${minutes === 1 ? "" : "s"}.`;
    return { status: 429, title: "Too many wrong tokens", sentence };
  }
  if (error instanceof NotFromOurPage)
    return {
      status: 403,
      title: "Not done",
      sentence: "This form was not sent by a page of this session. Go back, load the page again, and repeat it.",
    };
  if (error instanceof Refused) return { status: 409, title: "Not done", sentence: error.message };
  const status = statusIn(error);
  if (status === 404) return { status, title: "Not found", sentence: "There is nothing at this address." };
  if (status < 500) return { status, title: "Not understood", sentence: "The request cannot be read." };
  return {
    status: 503,
    title: "This page cannot be shown",
    sentence: "PostgreSQL does not answer, or something is wrong with us: /health/ready and the log say which.",
  };
}

function statusIn(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === "number" ? statusCode : 500;
}
