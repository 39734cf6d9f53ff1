import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { Accounts } from "../installation/accounts.ts";
import { ApiFailure, unauthorized } from "./api-failure.ts";
import { RateLimits } from "./rate-limits.ts";
import { Reps } from "./reps.ts";
import type { Rep } from "./rights.ts";
import { SessionTokens } from "./session-tokens.ts";

type WithRep = FastifyRequest & { rep: Rep };

/** Lets a session of an active user of an installed account in. Rights are looked up at each request, so losing one is felt at once. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly tokens: SessionTokens,
    private readonly accounts: Accounts,
    private readonly reps: Reps,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WithRep>();
    const bearer = await this.tokens.read(bearerToken(request.headers.authorization) ?? "");
    const rep = bearer && (await this.activeRep(bearer));
    if (!rep) {
      // Only these are counted by address: while somebody in an office guesses, the others there go on with their sessions.
      await this.limits.wrongTokensOf(request.ip);
      throw unauthorized();
    }
    await this.limits.user(rep);
    request.rep = rep;
    return true;
  }

  private async activeRep({ accountId, userId }: { accountId: number; userId: number }): Promise<Rep | undefined> {
    const rep = await this.reps.of(accountId, userId);
    return rep && (await this.accounts.get(accountId)).status !== "uninstalled" ? rep : undefined;
  }
}

/** After the session guard: whole-account matters are for administrators. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<WithRep>().rep.isAdmin) return true;
    throw new ApiFailure("forbidden", "Only administrators of the Kommo account can do this.");
  }
}

/** The acting user, as the session guard found him. */
export const ActingRep = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<WithRep>().rep,
);

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
}
