import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { IntakeKeys, type KeyOwner } from "../intake/intake-keys.service.ts";
import { ApiFailure, notFound } from "./api-failure.ts";
import { RateLimits } from "./rate-limits.ts";

type WithForm = FastifyRequest<{ Params: { key: string } }> & { form: KeyOwner };

/** What a form of twenty people needs, and several times that. */
const MOST_CHARACTERS = 64_000;

/** Lets requests of forms in whose key belongs to an installed account, as many as a page of people may send. */
@Injectable()
export class IntakeGuard implements CanActivate {
  constructor(
    private readonly keys: IntakeKeys,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WithForm>();
    const isForm = request.method === "POST";
    // Before the key, which might be guessed.
    await (isForm ? this.limits.formsOfAddress(request.ip) : this.limits.address(request.ip));
    const owner = await this.keys.ownerOf(request.params.key);
    if (!owner || owner.status === "uninstalled") throw notFound();
    if (isForm) {
      await this.limits.formsOfKey(owner.keyId);
      if (lengthOf(request.body) > MOST_CHARACTERS) {
        throw new ApiFailure("invalid_input", "The request is too large: it may have 64,000 characters.");
      }
    }
    request.form = owner;
    return true;
  }
}

/** As it would be written down; what is nested too deeply for that is longer than anything. */
function lengthOf(body: unknown): number {
  try {
    return JSON.stringify(body ?? null).length;
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** Whose form it is, as the guard found out. */
export const FormOwner = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<WithForm>().form,
);
