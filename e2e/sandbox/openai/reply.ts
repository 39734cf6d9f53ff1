import type { ApiError } from "./api-error.ts";
import type { ScenarioName } from "./control/scenarios.ts";
import type { Draft } from "./judge/draft.ts";
import { type Usage, usageFields } from "./metering/usage.ts";
import type { ChatRequest } from "./request/chat-request.ts";

/** An HTTP answer; `delivery` says how much of it the client gets to see. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
  delivery: "whole" | "half" | "reset" | "never";
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    delivery: "whole",
  };
}

export function errorReply(error: ApiError, headers: Record<string, string> = {}): Reply {
  return jsonReply(error.status, error.envelope, { ...headers, ...error.headers });
}

/** What a proxy in front of the API says when it finds nobody behind it. */
export function proxyPage(): Reply {
  const body = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
  return { status: 502, headers: { "content-type": "text/html" }, body, delivery: "whole" };
}

export function completionReply(
  request: ChatRequest,
  draft: Draft,
  usage: Usage,
  { requestId, seconds, scenario }: { requestId: string; seconds: number; scenario: ScenarioName | null },
) {
  const strange = scenario === "extra_unknown_fields" ? { x_new_field: { since: "tomorrow" } } : {};
  return {
    id: `chatcmpl-${requestId.slice(4)}`,
    object: "chat.completion",
    created: seconds,
    model: request.model.snapshot,
    choices: [
      {
        index: 0,
        finish_reason: draft.finishReason,
        logprobs: null,
        message: { role: "assistant", content: draft.content, refusal: draft.refusal, annotations: [], ...strange },
        ...strange,
      },
    ],
    usage: { ...usageFields(usage, scenario !== "missing_usage_details"), ...strange },
    service_tier: request.serviceTier,
    system_fingerprint: null,
    ...strange,
  };
}
