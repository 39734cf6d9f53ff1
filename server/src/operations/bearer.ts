import { type ExecutionContext, HttpException, UnauthorizedException } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { TooManyWrongTokens } from "./wrong-tokens.ts";

/**
 * Asks whether the token of a request opens what it wants.
 * @throws HttpException when it does not, or too many that did not have come from there
 */
export async function admitBearer(
  context: ExecutionContext,
  isRight: (given: string, address: string) => Promise<boolean>,
): Promise<true> {
  const http = context.switchToHttp();
  const { headers, ip } = http.getRequest<FastifyRequest>();
  const [, given = ""] = /^Bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
  // Who sends none has not guessed: a browser that was led here, a check whether the address is closed.
  if (given === "") throw new UnauthorizedException();
  try {
    if (await isRight(given, ip)) return true;
  } catch (error) {
    if (!(error instanceof TooManyWrongTokens)) throw error;
    http.getResponse<FastifyReply>().header("retry-after", error.retryAfterSeconds);
    throw new HttpException(error.message, 429);
  }
  throw new UnauthorizedException();
}
