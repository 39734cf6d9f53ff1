import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ApiError, invalidKey } from "./api-error.ts";
import { describeModel, modelsAt } from "./catalogue.ts";
import { chat, findModel } from "./chat.ts";
import type { OpenAiControl } from "./control/control.ts";
import { controlReply } from "./control/control-routes.ts";
import { errorReply, jsonReply, type Reply } from "./reply.ts";
import type { OpenAiState } from "./state.ts";

const LARGEST_BODY = 20 * 1024 * 1024;

/** The API under `/v1` and the control plane under `/_emu`, not yet listening. */
export function openAiServer(state: OpenAiState, control: OpenAiControl): Server {
  return createServer(async (request, response) => {
    try {
      const url = new URL((request.url ?? "/").replace(/\/{2,}/g, "/").replace(/\/(?=\?|$)/, ""), "http://sandbox");
      const body = await readBody(request);
      if (url.pathname === "/_emu" || url.pathname.startsWith("/_emu/")) {
        deliver(response, controlReply(control, request.method ?? "GET", url, parsed(body)));
        return;
      }
      const reply = await api(state, request, response, url, body);
      state.countAnswer(`${request.method} ${url.pathname}`, reply.status);
      deliver(response, reply);
    } catch (error) {
      response.destroy();
      // Unless the client left while sending or the stand-in is being stopped, this is a fault of the stand-in.
      if (!request.destroyed && !state.stopping.signal.aborted) console.error(error);
    }
  });
}

async function api(
  state: OpenAiState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: string | null,
): Promise<Reply> {
  const requestId = state.nextRequestId();
  const common: Record<string, string> = { "x-request-id": requestId, "openai-version": "2020-10-01" };
  try {
    const organisation = state.organisationOf(/^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "");
    if (!organisation) throw invalidKey();
    common["openai-organization"] = organisation.name;
    if (body === null) throw new ApiError(413, "Request body too large.");

    const route = `${request.method} ${url.pathname}`;
    if (route === "GET /v1/models") {
      const open = modelsAt(state.clock.now()).filter(({ id }) => organisation.mayUse(id));
      return jsonReply(200, { object: "list", data: open.map(describeModel) }, common);
    }
    if (route.startsWith("GET /v1/models/")) {
      const id = decodeURIComponent(url.pathname.slice("/v1/models/".length));
      return jsonReply(200, describeModel(findModel(state, organisation, id)), common);
    }
    if (route !== "POST /v1/chat/completions") throw noSuchRoute(request.method, url.pathname);
    const reply = await chat(state, {
      organisation,
      requestId,
      headers: headersOf(request),
      body: parsed(body),
      isGone: () => response.destroyed,
    });
    return { ...reply, headers: { ...common, ...reply.headers } };
  } catch (error) {
    if (error instanceof ApiError) return errorReply(error, common);
    throw error;
  }
}

function noSuchRoute(method: string | undefined, path: string): ApiError {
  if (path === "/v1/chat/completions" || path === "/v1/models") {
    return new ApiError(405, `Not allowed to ${method} on ${path}.`, { code: "method_not_supported" });
  }
  return new ApiError(404, `Invalid URL (${method} ${path})`, { code: "unknown_url" });
}

function deliver(response: ServerResponse, { status, headers, body, delivery }: Reply): void {
  if (delivery === "never") return;
  if (delivery === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": String(bytes.length) });
  if (delivery === "whole") {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}

/** Null when it is too large; the rest is read and thrown away, so that the client gets to see the answer. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  return size <= LARGEST_BODY ? Buffer.concat(chunks).toString() : null;
}

/** Undefined for what is not JSON. */
function parsed(body: string | null): unknown {
  try {
    return JSON.parse(body ?? "");
  } catch {
    return undefined;
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const { authorization: _, ...headers } = request.headers;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
