import { z } from "zod";

/**
 * Why the API refused.
 * - unauthorized (401): no token, or one that is expired, used, forged or somebody else's; exchange a fresh one-time token
 * - not_connected (409): Dealscope is not installed in the account; `connectUrl` is where an administrator connects it
 * - needs_reconnect (503): Kommo does not accept our grant any more, and the answer needed Kommo
 * - forbidden (403): the user may see it and may not do this
 * - not_found (404): it does not exist, or the user may not see it
 * - invalid_input (400): `issues` names every wrong value
 * - conflict (409): it was changed meanwhile, or is not in a state that allows this
 * - too_soon (429): this was asked for a moment ago; `retry-after` says when it may be asked again
 * - too_many_requests (429): slower, please; `retry-after` as above
 * - unavailable (503): Kommo or a store does not answer; the same request may succeed later
 * - internal (500): a fault of ours; `requestId` finds it in the log
 */
export const ApiErrorCode = z.enum([
  "unauthorized",
  "not_connected",
  "needs_reconnect",
  "forbidden",
  "not_found",
  "invalid_input",
  "conflict",
  "too_soon",
  "too_many_requests",
  "unavailable",
  "internal",
]);
export type ApiErrorCode = z.infer<typeof ApiErrorCode>;

/** One wrong value; `path` such as `criteria.0.weight`, empty for the whole. */
export const InputIssue = z.object({
  path: z.string(),
  /** One sentence in English. */
  message: z.string(),
  /**
   * The same for pages in other languages: `too_small` and `too_big` (for numbers, or for lengths of texts and lists),
   * `invalid_type`, `invalid_format`, `invalid_value`, and those of `engagement.ts`; anything else has only its sentence.
   */
  code: z.string().optional(),
  /** The least or the most there may be, of `too_small` and `too_big`. */
  limit: z.number().optional(),
});
export type InputIssue = z.infer<typeof InputIssue>;

/** The body of every answer that is not 2xx. */
export const ApiError = z.object({
  error: z.object({
    code: ApiErrorCode,
    /** One sentence in English for people. */
    message: z.string(),
    /** Also in the header `x-request-id`. */
    requestId: z.string(),
    issues: z.array(InputIssue).optional(),
    connectUrl: z.url().optional(),
    /** Of what was changed meanwhile: the version or revision that is stored now. */
    currentVersion: z.int().optional(),
  }),
});
export type ApiError = z.infer<typeof ApiError>;
