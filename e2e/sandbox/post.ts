import * as http from "node:http";
import * as https from "node:https";

const keepAlive = { keepAlive: true, maxFreeSockets: 256 };
const agents = { http: new http.Agent(keepAlive), https: new https.Agent(keepAlive) };

export interface Outgoing {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

/** The status of the answer; 0 when there was no connection, 499 when we hung up because the answer took too long. */
export function call(outgoing: Outgoing): Promise<number> {
  const secure = outgoing.url.startsWith("https:");
  const { request } = secure ? https : http;
  const { promise, resolve } = Promise.withResolvers<number>();
  const options = {
    method: outgoing.method,
    agent: secure ? agents.https : agents.http,
    headers:
      outgoing.body === undefined
        ? outgoing.headers
        : { ...outgoing.headers, "Content-Length": Buffer.byteLength(outgoing.body) },
  };
  const sent = request(outgoing.url, options, (response) => {
    response.resume();
    response.on("close", () => {
      clearTimeout(timer);
      resolve(response.complete ? (response.statusCode ?? 0) : 0);
    });
  });
  const timer = setTimeout(() => {
    resolve(499);
    sent.destroy();
  }, outgoing.timeoutMs);
  sent.on("error", () => {
    clearTimeout(timer);
    resolve(0);
  });
  sent.end(outgoing.body);
  return promise;
}
