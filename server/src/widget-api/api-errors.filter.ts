import { randomUUID } from "node:crypto";
import { type ArgumentsHost, Catch, HttpException, Logger } from "@nestjs/common";
import { BaseExceptionFilter, HttpAdapterHost } from "@nestjs/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import { MayNotOverrule, NoHold } from "../committee/gates/holds.service.ts";
import { AlreadyAnswered, NothingIsWritten, NotInDeal, UnusableForDeal } from "../committee/people/refusals.ts";
import { CustomerIoKeyRefused, CustomerIoRejected, CustomerIoUnavailable } from "../customerio/errors.ts";
import { NoTrackKey, NotConnected } from "../engagement/connection/connections.ts";
import { DealsSentConflict } from "../engagement/outbound/existing/deals-sent.service.ts";
import { NeedsReconnect } from "../installation/tokens.ts";
import { NotTakenIn, OtherBody } from "../intake/intake.service.ts";
import { NoIntakeKey, NotForPages, TooManyKeys } from "../intake/intake-keys.service.ts";
import { UnusableRequest } from "../intake/read-wish.ts";
import { NoBackTest, NoLabels } from "../qualification/back-test/back-tests.service.ts";
import { BackfillConflict, NoBackfill } from "../qualification/backfill/backfills.service.ts";
import { NoTask } from "../qualification/next-actions.service.ts";
import { NoOverride, UnusableOverride } from "../qualification/overrides/overrides.service.ts";
import { DraftConflict, NoSuchVersion, NotADraft } from "../qualification/prompt/prompt-versions.service.ts";
import { SettingsConflict, UnknownInSettings } from "../qualification/settings.service.ts";
import { DryRunConflict, NoDryRun } from "../qualification/try-out/dry-runs.service.ts";
import { NoLoginsHere } from "../reporting/bi-logins.ts";
import { NoSuchPart } from "../reporting/deals.ts";
import { isUnavailability, SubjectGone } from "../work/failure.ts";
import { ApiFailure, notFound } from "./api-failure.ts";
import { isApiPath, isFormPath, REQUEST_ID } from "./api-headers.ts";
import { refuse } from "./refusals.ts";

/** Every failure below /api and /intake in one form; what is not known by class is a fault of ours and says nothing of itself. */
@Catch()
export class ApiErrors extends BaseExceptionFilter {
  private readonly log = new Logger("api");

  constructor(host: HttpAdapterHost) {
    super(host.httpAdapter);
  }

  override catch(error: unknown, host: ArgumentsHost) {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    if (!isApiPath(request.url)) return super.catch(error, host);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const failure = statusIn(error) === 415 ? wrongType(request) : explain(error);
    const requestId = String(reply.getHeader(REQUEST_ID) ?? randomUUID());
    if (failure.code === "internal") {
      this.log.error(`Request ${requestId} failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
    refuse(request, reply, failure, requestId);
  }
}

const conflicts = [
  AlreadyAnswered,
  NothingIsWritten,
  NotADraft,
  NoOverride,
  NoLabels,
  NoTask,
  NoHold,
  BackfillConflict,
  DealsSentConflict,
  DryRunConflict,
  NoLoginsHere,
  NotForPages,
  NotConnected,
  OtherBody,
  TooManyKeys,
];
const unknown = [NotInDeal, SubjectGone, NoSuchVersion, NoBackTest, NoBackfill, NoDryRun, NoIntakeKey, NotTakenIn];

function explain(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  if (unknown.some((kind) => error instanceof kind)) return notFound();
  if (conflicts.some((kind) => error instanceof kind)) return new ApiFailure("conflict", (error as Error).message);
  if (error instanceof SettingsConflict || error instanceof DraftConflict)
    return new ApiFailure("conflict", error.message, { currentVersion: error.currentVersion });
  if (error instanceof MayNotOverrule) return new ApiFailure("forbidden", error.message);
  if (error instanceof UnusableOverride || error instanceof UnusableForDeal) {
    return new ApiFailure("invalid_input", error.message, { issues: [{ path: error.field, message: error.message }] });
  }
  if (error instanceof UnknownInSettings) {
    const issues = error.issues.map(({ path, message }) => ({ path: `settings.${path}`, message }));
    return new ApiFailure("invalid_input", error.message, { issues });
  }
  if (error instanceof UnusableRequest) {
    return new ApiFailure("invalid_input", error.message, { issues: [...error.issues] });
  }
  if (error instanceof NoSuchPart) {
    return new ApiFailure("invalid_input", error.message, { issues: [{ path: "part", message: error.message }] });
  }
  if (error instanceof CustomerIoKeyRefused) {
    const message = error.key === "track" ? TRACK_KEY_UNKNOWN : APP_KEY_UNKNOWN;
    return new ApiFailure("invalid_input", message, { issues: [{ path: `${error.key}Key`, message }] });
  }
  if (error instanceof NoTrackKey)
    return new ApiFailure("invalid_input", error.message, { issues: [{ path: "trackKey", message: error.message }] });
  if (error instanceof CustomerIoRejected) return new ApiFailure("conflict", error.message);
  if (error instanceof CustomerIoUnavailable)
    return new ApiFailure("unavailable", "Customer.io does not answer at the moment. Please try again in a minute.");
  if (error instanceof NeedsReconnect)
    return new ApiFailure("needs_reconnect", "An administrator has to connect Dealscope with Kommo again.");
  if (isUnavailability(error))
    return new ApiFailure("unavailable", "Kommo does not answer at the moment. Please try again in a minute.");
  if (isUnstorable(error))
    return new ApiFailure("invalid_input", "The request holds a character or a number that cannot be kept.");
  const status = statusIn(error);
  if (status === 404) return notFound();
  if (status === 413) return new ApiFailure("invalid_input", "The request is too large.");
  if (status >= 400 && status < 500) return new ApiFailure("invalid_input", "The request cannot be read.");
  return new ApiFailure("internal", "Something went wrong on our side. Please try again.");
}

const TRACK_KEY_UNKNOWN =
  "Customer.io does not know this site id with this Track key, in neither region. Copy both again.";
const APP_KEY_UNKNOWN =
  "Customer.io does not take the App API key: it is revoked, or a key of another kind. Paste another.";

function wrongType({ url }: FastifyRequest): ApiFailure {
  const types = isFormPath(url) ? "application/json or application/x-www-form-urlencoded" : "application/json";
  return new ApiFailure("invalid_input", `The content type of the request must be ${types}.`);
}

/** What Nest and Fastify say of requests that never reach a route: unknown addresses, bodies that are no JSON. */
function statusIn(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === "number" ? statusCode : 500;
}

/** What PostgreSQL says of NUL, of half a character, and of numbers that are too large for their column. */
const UNSTORABLE = new Set(["22021", "22P02", "22P05", "22003"]);

function isUnstorable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && UNSTORABLE.has(code);
}
