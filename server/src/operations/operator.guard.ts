import { createHash, timingSafeEqual } from "node:crypto";
import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  NotFoundException,
  UnauthorizedException,
} from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { CONFIG, type Config } from "../config.ts";

/** Opens what concerns all accounts to the bearer of OPERATOR_TOKEN; where none is set, there is nothing to open. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const { OPERATOR_TOKEN } = this.config;
    if (!OPERATOR_TOKEN) throw new NotFoundException();
    const { authorization = "" } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    // Digests are of one length, so the comparison tells nothing about the token, not even how long it is.
    if (!timingSafeEqual(digest(authorization), digest(`Bearer ${OPERATOR_TOKEN}`))) throw new UnauthorizedException();
    return true;
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
