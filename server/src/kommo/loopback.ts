import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import { text } from "node:stream/consumers";

const ADDRESS = "127.0.0.1";

/** Names below `localhost` are this machine's by definition, and few resolvers know it. */
const lookup: LookupFunction = (_hostname, options, found) => {
  if (options.all) found(null, [{ address: ADDRESS, family: 4 }]);
  else found(null, ADDRESS, 4);
};

const agents = {
  "http:": new http.Agent({ keepAlive: true, lookup }),
  "https:": new https.Agent({ keepAlive: true, lookup }),
};

interface Ask {
  method: string;
  headers: Record<string, string>;
  body: string | null;
  signal: AbortSignal;
}

/** As much of `fetch` as is needed to reach a stand-in that tells accounts by host names such as acme.localhost. */
export async function askLoopback(url: string, { method, headers, body, signal }: Ask): Promise<Response> {
  const isSecure = url.startsWith("https:");
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  (isSecure ? https : http)
    .request(url, { method, headers, signal, agent: agents[isSecure ? "https:" : "http:"] }, resolve)
    .on("error", reject)
    .end(body ?? undefined);
  const answer = await promise;
  const content = await text(answer);
  return new Response(content === "" ? null : content, {
    status: answer.statusCode ?? 0,
    headers: Object.entries(answer.headersDistinct).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    ),
  });
}
