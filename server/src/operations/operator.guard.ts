import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Injectable,
  NotFoundException,
  UnauthorizedException,
} from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { OperatorToken, TooManyWrongTokens } from "./operator-token.ts";

/** Opens what concerns all accounts to the bearer of OPERATOR_TOKEN; where none is set, there is nothing to open. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(private readonly token: OperatorToken) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.token.isSet) throw new NotFoundException();
    const http = context.switchToHttp();
    const { headers, ip } = http.getRequest<FastifyRequest>();
    const [, given = ""] = /^Bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
    // Who sends none has not guessed: a browser that was led here, a check whether the address is closed.
    if (given === "") throw new UnauthorizedException();
    try {
      if (await this.token.isRight(given, ip, "header")) return true;
    } catch (error) {
      if (!(error instanceof TooManyWrongTokens)) throw error;
      http.getResponse<FastifyReply>().header("retry-after", error.retryAfterSeconds);
      throw new HttpException(error.message, 429);
    }
    throw new UnauthorizedException();
  }
}
