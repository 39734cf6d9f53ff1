import type { HookCode } from "./hooks/codes.ts";

/**
 * The points where the contracts are uncertain (kommo-api.md sections 18-19, kommo-auth-webhooks.md section 8).
 * A client should pass with either value; the defaults are what is thought likely, or the stricter one.
 */
export interface Switches {
  /** A batch with one bad item is refused as a whole, or the good items are applied all the same (the answer is 400 either way). */
  badItem: "refuses-batch" | "refuses-item";
  rateUnit: "account" | "integration" | "address";
  ratePerSecond: number;
  /** So many refusals of a unit within `overrunWindowMs` block the address they came from for `blockMs`. */
  overruns: number;
  overrunWindowMs: number;
  blockMs: number;
  /** Seconds announced by a 429 in `Retry-After`; 0 sends no such header. */
  retryAfter: number;
  /** Body of a 429. The two contracts report different ones. */
  tooManyBody: "html" | "json";
  /** A created object shows up in reads only after this time. */
  readLagMs: number;
  oldRefreshToken: "dies" | "lives-until-new-is-used";
  webhookPost: "replaces" | "merges";
  webhookPlanRefusal: 402 | 403;
  /** Hooks of an integration vanish when it is uninstalled. */
  uninstallRemovesWebhooks: boolean;
  /** A retry repeats the X-AmoCRM-RequestId of the first attempt. */
  hookRequestIdRepeats: boolean;
  /** Entities changed in the same moment share one webhook body. */
  hooksShareBody: boolean;
  /** Documents print the call of a widget's Digital Pipeline action as JSON, the wire was seen to carry forms. */
  digitalPipelineBody: "form" | "json";
  /** Where the lead stands in such a call: `data[id]`, or as one observer saw it, `data[leads][status][0][id]`. */
  digitalPipelineData: "flat" | "listed";
  requiredStatuses: "ignored" | "enforced";
  /** Do stage rights of a role bind API calls of that user? */
  statusRightsBindApi: boolean;
  contextUserRefusal: 401 | 403;
  /** May 142 and 143 be written without `pipeline_id`? */
  wonLostNeedsPipeline: boolean;
  pipelineById: "object" | "list";
  singlePatch: "wrapped" | "bare";
  /** `POST /leads/link` and its siblings, known from amoCRM only. */
  batchLinks: boolean;
  /** `DELETE /…/custom_fields/{id}`, known from the vendor's client only. */
  deleteCustomFields: boolean;
  /** Longest value of a `text`, and of a phone or an e-mail; 0 is no limit. */
  textLimit: number;
  /** What a select does with an unknown text. */
  unknownOption: "refused" | "ignored";
  eventsLimit: 100 | 250;
  /** In which order the messages of a talk are listed. */
  messageOrder: "oldest-first" | "newest-first";
  /** Codes that `POST /webhooks` does not know here, although other accounts have them. */
  unknownHookCodes: readonly HookCode[];
  /** A plain PATCH of `status_id` takes a lead out of the incoming stage. */
  patchAcceptsUnsorted: boolean;
  /** The one-time token of the widget carries `is_admin`. */
  oneTimeTokenIsAdmin: boolean;
  /** With a render that succeeds at once, does `init` come before `bind_actions`? The documents promise neither. */
  widgetInitOrder: "render-first" | "bind-first";
  /** A render that succeeds is believed only after so long. */
  widgetRenderDelayMs: number;
  /** Do widgets stay alive between pages? */
  widgetInitOnce: "as-declared" | "always" | "never";
}

export const DEFAULT_SWITCHES: Switches = {
  badItem: "refuses-batch",
  rateUnit: "account",
  ratePerSecond: 7,
  overruns: 10,
  overrunWindowMs: 10_000,
  blockMs: 60_000,
  retryAfter: 0,
  tooManyBody: "html",
  readLagMs: 0,
  oldRefreshToken: "dies",
  webhookPost: "replaces",
  webhookPlanRefusal: 402,
  uninstallRemovesWebhooks: false,
  hookRequestIdRepeats: false,
  hooksShareBody: false,
  digitalPipelineBody: "form",
  digitalPipelineData: "flat",
  requiredStatuses: "ignored",
  statusRightsBindApi: true,
  contextUserRefusal: 401,
  wonLostNeedsPipeline: true,
  pipelineById: "object",
  singlePatch: "wrapped",
  batchLinks: false,
  deleteCustomFields: false,
  textLimit: 0,
  unknownOption: "refused",
  eventsLimit: 250,
  messageOrder: "oldest-first",
  unknownHookCodes: [],
  patchAcceptsUnsorted: true,
  oneTimeTokenIsAdmin: true,
  widgetInitOrder: "render-first",
  widgetRenderDelayMs: 0,
  widgetInitOnce: "as-declared",
};
