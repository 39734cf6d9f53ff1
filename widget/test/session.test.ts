import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Client } from "../src/api/client.ts";
import { asProblem } from "../src/api/problem.ts";
import { SessionHolder } from "../src/api/session.ts";
import type { KommoWidget } from "../src/host/kommo.ts";
import type { Page } from "../src/host/page.ts";

/** The build puts it in; here it is where the server of a test listens. */
const place = globalThis as { DEALSCOPE_URL?: string };

let server: Server;
/** What was asked for, in order: method, path, and whose session. */
let asked: string[];
/** Sessions that the server knows. */
let known: Set<string>;
let account = 0;

beforeEach(async () => {
  asked = [];
  known = new Set();
  server = createServer((request, response) => {
    const { status, body } = answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await listen(0);
  account += 1;
});
afterEach(() => close());

const listen = async (port: number) => {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  place.DEALSCOPE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const close = async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

function answer({ method, url, headers }: IncomingMessage): { status: number; body: object } {
  const session = headers.authorization?.replace("Bearer ", "") ?? "";
  asked.push(`${method} ${url} ${session}`.trim());
  if (method === "POST" && url === "/api/session") {
    const token = `s${asked.length}`;
    known.add(token);
    return { status: 201, body: { token, isAdmin: true, userName: "Ana", accountStatus: "active" } };
  }
  if (known.has(session)) return { status: 200, body: { is: session } };
  return { status: 401, body: { error: { code: "unauthorized", message: "x", requestId: "1" } } };
}

/** A widget whose `$authorizedAjax` really sends, and fails as jQuery does. */
function widget(): KommoWidget {
  return {
    get_settings: () => ({}),
    render_template: () => undefined,
    $authorizedAjax: async (options) => {
      const { url, method } = options as { url: string; method: string };
      const response = await fetch(url, { method }).catch(() => Promise.reject({ status: 0 }));
      const responseText = await response.text();
      return response.ok ? JSON.parse(responseText) : Promise.reject({ status: response.status, responseText });
    },
  };
}

const page: Omit<Page, "accountId"> = { userId: 1, language: "en", code: "x", path: "/x" };
const client = (accountId = account) => new Client(new SessionHolder(widget(), { ...page, accountId }));
const trades = () => asked.filter((line) => line.startsWith("POST /api/session")).length;
const refusal = (asking: Promise<unknown>) =>
  asking.then(
    () => "none",
    (error) => asProblem(error).code,
  );

it("trades Kommo's token once for all questions, also of the widgets that come after it", async () => {
  await Promise.all([client().ask("/api/a"), client().ask("/api/b")]);
  await client().ask("/api/c");
  expect(trades()).toBe(1);
});

it("trades again when the session has run out, once for all questions that notice, and repeats them", async () => {
  const one = client();
  await one.ask("/api/a");
  known.clear();
  const answers = await Promise.all([one.ask("/api/b"), one.ask("/api/c", { method: "POST" })]);
  expect(trades()).toBe(2);
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
});

it("does not try for ever when a fresh session is refused as well", async () => {
  const one = client();
  await one.session();
  const add = known.add.bind(known);
  known.clear();
  known.add = () => known;
  expect(await refusal(one.ask("/api/a"))).toBe("unauthorized");
  known.add = add;
  expect(trades()).toBe(2);
});

it("takes no session of another account for its own", async () => {
  await client().ask("/api/a");
  account += 1;
  await client().ask("/api/a");
  expect(trades()).toBe(2);
});

it("spends no token on a backend that does not answer, and goes on when it does", async () => {
  const { port } = server.address() as AddressInfo;
  await close();
  const counting = widget();
  let spent = 0;
  const ajax = counting.$authorizedAjax;
  counting.$authorizedAjax = (options) => {
    spent += 1;
    return ajax(options);
  };
  const one = new Client(new SessionHolder(counting, { ...page, accountId: account }));
  for (let time = 0; time < 3; time++) expect(await refusal(one.ask("/api/a"))).toBe("unreachable");
  expect(spent).toBe(1);
  await listen(port);
  expect(await refusal(one.ask("/api/a"))).toBe("none");
  expect(spent).toBe(2);
});

it("looks anew whether the account is connected where that is shown", async () => {
  const one = client();
  await one.session();
  one.forgetSession();
  await one.session();
  expect(trades()).toBe(2);
});
