import { ApiError } from "@dealscope/shared/api-error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Accounts } from "../src/installation/accounts.ts";
import { nameOf, type Operation, operationsOf, routesOf, takes } from "./attack-document.ts";
import { Target } from "./attack-target.ts";
import { badOneTimeTokens, badSessions, sessionOf } from "./attack-tokens.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { fromElsewhere } from "./visitors.ts";
import { type Answer, type Ask, ask, type Browser, oneTimeToken } from "./widget-api-kit.ts";
import { until } from "./world.ts";

const OPERATOR_TOKEN = "the-operator-of-this-test-alone";

/** Open to everybody with a session; what they show of leads is what the asker may see. */
const FOR_EVERY_REP = [
  "GET /api/activity",
  "GET /api/backfills",
  "GET /api/backfills/{id}",
  "GET /api/costs",
  "GET /api/gates",
  "GET /api/icp-samples",
  "GET /api/leads",
  "GET /api/lists",
  "GET /api/prompt-versions",
  "GET /api/prompt-versions/{number}/agreement",
  "GET /api/prompt-versions/{number}/back-test",
  "GET /api/queue",
  "GET /api/reports/deals",
  "GET /api/reports/decision-makers",
  "GET /api/reports/export",
  "GET /api/reports/first-touch",
  "GET /api/reports/forecast",
  "GET /api/reports/funnel",
  "GET /api/reports/gates",
  "GET /api/reports/stage-times",
  "GET /api/reports/stalled",
  "GET /api/settings",
  "GET /api/setup",
  "POST /api/connect",
];

/** What is not in the document, with what a stranger is answered there: they are no part of the widget's API. */
const NOT_IN_THE_DOCUMENT: Record<string, number> = {
  // The document itself, and the page to try it on.
  "GET /api/docs": 200,
  "GET /api/docs/start.js": 200,
  "GET /api/docs/swagger-ui-bundle.js": 200,
  "GET /api/docs/swagger-ui.css": 200,
  "GET /api/openapi.json": 200,
  // Whoever watches the process: says no more than what is away.
  "GET /health/live": 200,
  "GET /health/ready": 200,
  // The operator's, by his own token; his pages lead to where he signs in.
  "GET /metrics": 401,
  "GET /metrics/accounts": 401,
  "GET /operator": 303,
  "GET /operator/accounts/{accountId}": 303,
  "GET /operator/accounts/{accountId}/stuck": 401,
  "GET /operator/audit": 303,
  "GET /operator/queues": 303,
  "GET /operator/queues*": 303,
  "GET /operator/sign-in": 200,
  "GET /operator/stuck": 303,
  "GET /operator/style.css": 200,
  "POST /operator/accounts/{accountId}/contacts/{contactId}/erase": 401,
  "POST /operator/accounts/{accountId}/forms/erase-account": 303,
  "POST /operator/accounts/{accountId}/forms/erase-person": 303,
  "POST /operator/accounts/{accountId}/forms/retry": 303,
  "POST /operator/accounts/{accountId}/redrive": 401,
  "POST /operator/sign-in": 401,
  "POST /operator/sign-out": 303,
  // What Kommo and Customer.io call, by a key, a state or a signature.
  "GET /oauth/kommo/callback": 400,
  "GET /oauth/kommo/revoked": 403,
  "POST /hooks/kommo/dp": 401,
  "POST /webhooks/customerio/{key}": 404,
  "POST /webhooks/kommo/{key}": 404,
};

let world: EngagementWorld;
let ours: Target;
let theirs: Target;
let looker: Browser;
let stranger: Browser;
let operations: Operation[];
let rowsBefore: Record<string, string>;
beforeAll(async () => {
  world = await startEngagementWorld({ env: { OPERATOR_TOKEN, SCAN_SECONDS: "300" } });
  [ours, theirs] = await Promise.all([Target.of(world, "Zanzibar", 700), Target.of(world, "Quetzal", 800)]);
  operations = await operationsOf(world);
  looker = await ours.rep("Looker", { view: "A", edit: "D" });
  stranger = await ours.rep("Stranger", { view: "M", edit: "M" });
  await until("nothing is under way any more", () => ours.isQuiet());
  rowsBefore = await ours.rows();
});
afterAll(() => world?.stop());

const isOfLead = ({ path }: Operation) => path.startsWith("/api/leads/{id}/");
const isForAdmins = (one: Operation) => !isOfLead(one) && "403" in one.described.responses;
const isForm = ({ path }: Operation) => path.startsWith("/intake/");

/** What each route answered, where it was not what is expected: all of them at once, so that a failure names them all. */
async function unlike(
  expected: string,
  routes: Operation[],
  send: (one: Operation) => Promise<Answer>,
): Promise<string[]> {
  const answers = await Promise.all(routes.map(async (one) => ({ name: nameOf(one), said: sayOf(await send(one)) })));
  return answers.filter(({ said }) => said !== expected).map(({ name, said }) => `${name}: ${said}`);
}

function sayOf({ status, body }: Answer): string {
  const { data } = ApiError.safeParse(body);
  return data ? `${status} ${data.error.code}: ${data.error.message}` : String(status);
}

const UNAUTHORIZED = "401 unauthorized: This session is not valid. Please open the widget again.";
const NOT_FOUND = "404 not_found: There is nothing here, or you are not allowed to see it.";
const ADMINS_ONLY = "403 forbidden: Only administrators of the Kommo account can do this.";
const LOOK_ONLY = "403 forbidden: In Kommo you may see this lead, but not change it.";

/** As the account's own administrator would ask it, but for what `wish` has otherwise. */
function send(one: Operation, wish: Ask, own: Parameters<Target["request"]>[1] = {}): Promise<Answer> {
  const [path, asked] = ours.request(one, own);
  return ask(world, path, { ...asked, ...wish, headers: { ...fromElsewhere(), ...wish.headers } });
}

/** As `browser` asks it when nothing but his rights hinders him. */
function sendAs(browser: Browser, one: Operation, own: Parameters<Target["request"]>[1] = {}): Promise<Answer> {
  const [path, asked] = ours.request(one, own);
  return browser.ask(path, asked);
}

describe("no route is left out", () => {
  test("every route of the server is in the document, or in the list above with what it answers to strangers", () => {
    const documented = new Set(operations.map(nameOf));
    const others = routesOf(world.server.app.getHttpAdapter().getInstance()).filter((route) => !documented.has(route));
    expect(others).toEqual(Object.keys(NOT_IN_THE_DOCUMENT).sort());
  });

  test("every documented route is about one lead, for administrators, for forms, or in the list for every rep", () => {
    const rest = operations.filter(
      (one) => takes(one, "session") && !isOfLead(one) && !isForAdmins(one) && !isForm(one),
    );
    expect(rest.map(nameOf).sort()).toEqual(FOR_EVERY_REP);
    const sessionless = operations.filter((one) => !takes(one, "session"));
    expect(sessionless.map(nameOf).sort()).toEqual([
      "GET /intake/{key}/receipts/{id}",
      "POST /api/session",
      "POST /intake/{key}",
    ]);
  });
});

describe("every route of a session", () => {
  test("is closed to everything that is no session, in the same words", async () => {
    const routes = operations.filter((one) => takes(one, "session"));
    const whose = { accountId: ours.account.id, userId: ours.adminId };
    for (const [what, forge] of Object.entries(badSessions(world, whose))) {
      const token = await forge();
      expect(await unlike(UNAUTHORIZED, routes, (one) => send(one, { token })), what).toEqual([]);
    }
  });

  test("is closed to whoever only asks for its headers", async () => {
    const routes = operations.filter((one) => takes(one, "session") && one.method === "GET");
    expect(await unlike("401", routes, (one) => send(one, { method: "HEAD" }))).toEqual([]);
  });

  test("is closed to a genuine session that is replayed when its user was switched off, or its account has left", async () => {
    const routes = operations.filter((one) => takes(one, "session") && nameOf(one) !== "POST /api/connect");
    const fired = ours.account.control.accounts.addUser({ account: ours.account.id, name: "Fired" });
    await world.database.look(
      `INSERT INTO kommo_user (account_id, user_id, name, is_admin, is_active, rights, mirrored_at)
       VALUES ($1, $2, 'Fired', true, false, '{}', now())`,
      [ours.account.id, fired.id],
    );
    const left = await world.install();
    await world.database.look("UPDATE account SET status = 'uninstalled' WHERE account_id = $1", [left.accountId]);
    world.server.app.get(Accounts).forget(left.accountId);
    for (const [accountId, userId] of [
      [ours.account.id, fired.id],
      [left.accountId, left.adminId],
    ] as const) {
      const token = await sessionOf(world, { accountId, userId });
      expect(await unlike(UNAUTHORIZED, routes, (one) => send(one, { token })), `user ${userId}`).toEqual([]);
    }
  });
});

test("every route of a one-time token is closed to everything that is none, and to one that was used", async () => {
  const routes = operations.filter((one) => takes(one, "one-time-token"));
  const spent = oneTimeToken(world, ours.account.id, ours.adminId);
  expect((await ask(world, "/api/session", { method: "POST", oneTimeToken: spent })).status).toBe(201);
  const whose = { accountId: ours.account.id, userId: ours.adminId, foreignAccountId: theirs.account.id };
  for (const [what, forge] of Object.entries(badOneTimeTokens(world, whose, spent))) {
    for (const one of routes) {
      const oneTimeToken = await forge();
      expect(await unlike(UNAUTHORIZED, [one], () => send(one, { oneTimeToken })), what).toEqual([]);
    }
  }
});

describe("a rep without the right", () => {
  test("to see a lead is told by each of its routes that there is none", async () => {
    expect(await unlike(NOT_FOUND, operations.filter(isOfLead), (one) => sendAs(stranger, one))).toEqual([]);
  });

  test("to change a lead changes it by none of its routes", async () => {
    const routes = operations.filter((one) => isOfLead(one) && one.method !== "GET");
    expect(await unlike(LOOK_ONLY, routes, (one) => sendAs(looker, one))).toEqual([]);
  });

  test("of an administrator does nothing that concerns the whole account", async () => {
    const routes = operations.filter(isForAdmins);
    expect(routes.length).toBeGreaterThan(30);
    expect(await unlike(ADMINS_ONLY, routes, (one) => sendAs(looker, one))).toEqual([]);
  });
});

describe("another account", () => {
  const namesSomething = (one: Operation) => /\{/.test(one.path) || /leadId/.test(JSON.stringify(ours.request(one)[1]));

  test("reaches nothing by our ids", async () => {
    const routes = operations.filter((one) => takes(one, "session") && namesSomething(one));
    expect(routes.length).toBeGreaterThan(30);
    const reached = await unlike(NOT_FOUND, routes, (one) => sendAs(theirs.admin, one));
    // A list of labels is taken row by row; a lead that is not theirs is one that is not known.
    expect(reached).toEqual(["POST /api/agreement/labels: 200"]);
  });

  test("reaches nothing of a deal of ours by way of a deal of its own", async () => {
    const own = { lead: theirs.things.lead };
    const isMixed = (one: Operation) => JSON.stringify(ours.request(one, own)) !== JSON.stringify(theirs.request(one));
    const routes = operations.filter((one) => isOfLead(one) && isMixed(one));
    expect(routes.length).toBeGreaterThan(5);
    for (const one of routes) {
      expect(sayOf(await sendAs(theirs.admin, one, own)), nameOf(one)).toMatch(/^40(0 invalid_input|4 not_found): /);
    }
  });

  test("finds no word of ours behind any route that lists or filters", async () => {
    const ids = `pipelineId=${ours.account.installed.pipelineId}&repId=${ours.adminId}&leadId=${ours.things.lead}`;
    for (const one of operations.filter((one) => one.method === "GET" && takes(one, "session"))) {
      const [path] = theirs.request(one);
      const { body } = await theirs.admin.ask(path.includes("?") ? `${path}&${ids}` : `${path}?${ids}`);
      expect(JSON.stringify(body), nameOf(one)).not.toContain(ours.secret);
    }
  });

  test("is told nothing of our forms by its own key", async () => {
    const receipt = `/intake/${theirs.things.formKey}/receipts/${ours.things.receipt}`;
    expect(sayOf(await ask(world, receipt))).toBe(NOT_FOUND);
  });
});

test("the routes of forms are closed to keys that are none", async () => {
  for (const formKey of ["x", "A".repeat(43), ours.things.formKey.slice(0, -1), "%00", "..%2fapi%2fsettings"]) {
    expect(await unlike(NOT_FOUND, operations.filter(isForm), (one) => send(one, {}, { formKey }))).toEqual([]);
  }
});

describe("what is not in the document", () => {
  test.each(Object.entries(NOT_IN_THE_DOCUMENT))(
    "%s answers a stranger with %i, whatever he shows",
    async (route, status) => {
      const [method, path] = route.split(" ") as ["GET" | "POST", string];
      const session = await sessionOf(world, { accountId: ours.account.id, userId: ours.adminId });
      for (const authorization of [
        "",
        "Bearer ",
        `Bearer ${session}`,
        `Bearer ${OPERATOR_TOKEN}x`,
        `Basic ${OPERATOR_TOKEN}`,
      ]) {
        const address = path.replaceAll(/\{\w+\}/g, String(ours.account.id)).replace("*", "/api");
        const headers = { authorization, ...fromElsewhere() };
        const answer = await fetch(world.config.PUBLIC_URL + address, { method, headers, redirect: "manual" });
        expect(answer.status, authorization).toBe(status);
      }
    },
  );

  test("the operator's own token does open what is his, so that the refusals above are about the token", async () => {
    const path = `/operator/accounts/${ours.account.id}/stuck`;
    expect((await ask(world, path, { headers: { authorization: `Bearer ${OPERATOR_TOKEN}` } })).status).toBe(200);
  });
});

test("after all of that nothing of the account has changed", async () => {
  expect(await ours.rows()).toEqual(rowsBefore);
});

test("who may see no lead finds no word of one behind the routes that are open to every rep", async () => {
  const seenBy = async (browser: Browser) => {
    const seen: string[] = [];
    for (const one of operations.filter((one) => FOR_EVERY_REP.includes(nameOf(one)))) {
      const { status, body } = await sendAs(browser, one);
      expect(status, nameOf(one)).toBe(200);
      if (JSON.stringify(body).includes(ours.secret)) seen.push(nameOf(one));
    }
    return seen;
  };
  expect(await seenBy(stranger)).toEqual([]);
  // So that the search above could have found something.
  expect(await seenBy(looker)).toEqual(expect.arrayContaining(["GET /api/leads", "GET /api/queue"]));
});

test("whoever has the right is refused nothing of it, so that the refusals above are about rights", async () => {
  const order = ["GET", "POST", "PUT", "DELETE"];
  const routes = operations.filter((one) => takes(one, "session"));
  for (const one of routes.toSorted((a, b) => order.indexOf(a.method) - order.indexOf(b.method))) {
    const answer = await sendAs(ours.admin, one);
    // A conflict is about how the account stands: it has no hold, or a dry run already.
    expect([200, 201, 202, 409], `${nameOf(one)}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
  }
});
