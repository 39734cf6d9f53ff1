import { type CanActivate, type ExecutionContext, Injectable } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { networkOf } from "../http/network-of.ts";
import { ApiFailure } from "./api-failure.ts";
import type { Rep } from "./rights.ts";

/** A card that is polled and clicked about makes two or three requests a second. */
const PER_USER = { points: 20, duration: 1 };
/** All people of an account together: another account's do not wait for them. */
const PER_ACCOUNT = { points: 250, duration: 1 };
/** A whole office may come from one address, and opens its cards at nine. */
const PER_ADDRESS = { points: 40, duration: 1 };
/** Nobody fills in more forms by hand, and an office full of people hardly does. */
const FORMS_PER_ADDRESS = { points: 60, duration: 60 };
/** What a campaign brings in its best minute. */
const FORMS_PER_KEY = { points: 300, duration: 60 };

/**
 * Keeps one widget that runs wild from taking this process away from the others. Counted in memory: what is protected
 * is this process, and a count in Redis would make every request wait for one more server.
 */
@Injectable()
export class RateLimits {
  private readonly users = new RateLimiterMemory(PER_USER);
  private readonly accounts = new RateLimiterMemory(PER_ACCOUNT);
  private readonly addresses = new RateLimiterMemory(PER_ADDRESS);
  private readonly wrongTokens = new RateLimiterMemory(PER_ADDRESS);
  private readonly formsOfAddresses = new RateLimiterMemory(FORMS_PER_ADDRESS);
  private readonly formsOfKeys = new RateLimiterMemory(FORMS_PER_KEY);

  /** @throws ApiFailure "too_many_requests" */
  async user({ accountId, userId }: Rep): Promise<void> {
    await take(this.users, `${accountId} ${userId}`);
    await take(this.accounts, String(accountId));
  }

  /** @throws ApiFailure "too_many_requests" */
  address(ip: string): Promise<void> {
    return take(this.addresses, networkOf(ip));
  }

  /** @throws ApiFailure "too_many_requests" */
  wrongTokensOf(ip: string): Promise<void> {
    return take(this.wrongTokens, networkOf(ip));
  }

  /** @throws ApiFailure "too_many_requests" */
  formsOfAddress(ip: string): Promise<void> {
    return take(this.formsOfAddresses, networkOf(ip));
  }

  /** @throws ApiFailure "too_many_requests" */
  formsOfKey(keyId: number): Promise<void> {
    return take(this.formsOfKeys, String(keyId));
  }
}

/** For the routes that are open to anybody. */
@Injectable()
export class AddressLimit implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.limits.address(context.switchToHttp().getRequest<FastifyRequest>().ip);
    return true;
  }
}

async function take(limiter: RateLimiterMemory, key: string) {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new ApiFailure("too_many_requests", "These are too many requests at once. Please wait a little.", {
      retryAfterSeconds: refusal.msBeforeNext / 1000,
    });
  }
}
