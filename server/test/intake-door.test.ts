import { AccountSettings } from "@dealscope/shared/account-settings";
import { ApiError } from "@dealscope/shared/api-error";
import { IntakeKeys, IntakeRequests, IntakeSnippet } from "@dealscope/shared/intake";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Form } from "./intake-kit.ts";
import { ask, Browser, refusalIn, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let form: Form;
beforeAll(async () => {
  world = await startApiWorld();
  form = await Form.of(world);
});
afterAll(() => world?.stop());

const anna = { contacts: [{ name: "Anna", email: "anna@door.example" }] };
const kept = async () =>
  Number(
    (
      await form.account.look("SELECT count(*) AS kept FROM intake_request WHERE account_id = $1", [form.account.id])
    )[0]!.kept,
  );

describe("what is wrong is named by its field", () => {
  const contact = { name: "Anna", email: "anna@door.example" };
  test.each<[string, unknown, string[]]>([
    [
      "21 contacts",
      { contacts: Array.from({ length: 21 }, (_, n) => ({ name: `N${n}` })) },
      ["contacts: At most 20 contacts can be sent in one request; send the others in a second one."],
    ],
    [
      "phone numbers that are none",
      { contacts: [contact, { name: "B", phone: "=1+2" }, { name: "C", phone: "12" }] },
      [
        "contacts.1.phone: =1+2 is not a phone number; write it with the country code, such as +49 171 5550199.",
        "contacts.2.phone: 12 is not a phone number; write it with the country code, such as +49 171 5550199.",
      ],
    ],
    [
      "an e-mail that is none",
      { contacts: [{ name: "A", email: "anna at mail" }] },
      ["contacts.0.email: This is not an e-mail address."],
    ],
    [
      "a role that the account does not have",
      { contacts: [{ ...contact, role: "emperor" }] },
      ["contacts.0.role: There is no role emperor in this account."],
    ],
    [
      "a contact of whom nothing is said",
      { contacts: [{ name: " ", role: "lawyer" }] },
      ["contacts.0: A contact needs a name, an e-mail or a phone number."],
    ],
    [
      "one e-mail for two people",
      { contacts: [contact, { name: "B", email: "ANNA+2@door.example" }] },
      ["contacts.1.email: contacts.0 has this e-mail already."],
    ],
    ["a request that says nothing", {}, [": Name a contact, a company or a deal."]],
    ["a list", [anna], [": The request must be an object."]],
    ["contacts that are no list", { contacts: "Anna" }, ["contacts: contacts must be a list."]],
    ["a name that is no text", { contacts: [{ name: 5 }] }, ["contacts.0.name: The name of a contact must be a text."]],
    [
      "a text that is too long",
      { ...anna, message: "x".repeat(10_001) },
      ["message: The message has at most 10,000 characters."],
    ],
    ...["much", true, [5], {}, "0x10", " ", "1e3", "1,200", "Infinity"].map((price): [string, unknown, string[]] => [
      `a price that is none: ${JSON.stringify(price)}`,
      { ...anna, deal: { price } },
      ["deal.price: The price of a deal must be a number, such as 1200 or 99.90."],
    ]),
    [
      "a negative price of a form",
      { ...anna, deal: { price: "-1" } },
      ["deal.price: The price of a deal must not be negative."],
    ],
    ["a price beyond all", { ...anna, deal: { price: 1e13 } }, ["deal.price: The price of a deal is too large."]],
    ["a hidden field that is no text", { ...anna, homepage: 5 }, ["homepage: The field homepage must be a text."]],
    [
      "contacts of whom one is none",
      { contacts: [contact, null] },
      ["contacts.1: A contact must have fields of its own, such as contacts.0.name."],
    ],
    ["a negative price", { ...anna, deal: { price: -1 } }, ["deal.price: The price of a deal must not be negative."]],
  ])("%s", async (_what, body, issues) => {
    const before = await kept();
    expect(await form.refused(body)).toEqual(issues);
    expect(await kept()).toBe(before);
  });

  test("a body that is too large, or cannot be read", async () => {
    const large = await form.post({ ...anna, other: "x".repeat(70_000) });
    expect(ApiError.parse(large.body).error.message).toBe("The request is too large: it may have 64,000 characters.");
    const larger = await form.post({ ...anna, other: "x".repeat(2_000_000) });
    expect(ApiError.parse(larger.body).error.message).toBe("The request is too large.");
    expect(refusalIn(await form.post("{"))).toEqual([400, "invalid_input"]);
    expect(refusalIn(await form.post("a[b][c][d][e][f][g]=1", FORM))).toEqual([400, "invalid_input"]);
  });

  test("JSON that says it is a text", async () => {
    const answer = await form.post(anna, { "content-type": "text/plain" });
    expect(refusalIn(answer)).toEqual([400, "invalid_input"]);
    expect(ApiError.parse(answer.body).error.message).toBe(
      "The content type of the request must be application/json or application/x-www-form-urlencoded.",
    );
  });

  test.each([
    "/intake/%ff",
    `/intake/${"x".repeat(200)}`,
    `/intake/${"x".repeat(200)}/receipts/1`,
    "/api/leads/%ff/card",
  ])("a path that cannot be one: %s", async (path) => {
    const answer = await ask(world, path);
    expect(refusalIn(answer)).toEqual([404, "not_found"]);
    expect(answer.headers.get("x-request-id")).toBe(ApiError.parse(answer.body).error.requestId);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("an Idempotency-Key that is none", async () => {
    expect(await form.refused(anna, { "idempotency-key": "with blanks" })).toEqual([
      "Idempotency-Key: The Idempotency-Key has up to 200 letters, digits and signs, and no spaces.",
    ]);
  });
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };

test("a form of a browser says the same as JSON", async () => {
  const fields = new URLSearchParams([
    ["deal[name]", "From a form"],
    ["deal[price]", "1200.5"],
    ["company[name]", "Form & Söhne"],
    ["contacts[0][name]", "Frida"],
    ["contacts[0][email]", "frida@form.example"],
    ["contacts[0][phone]", ""],
    ["contacts[1][name]", "Fred"],
    ["contacts[1][role]", "lawyer"],
    ["message", "Hello\r\nthere"],
    ["homepage", ""],
    ["send", "Send"],
  ]);
  const { leadId } = await form.done(String(fields), FORM);
  expect(form.account.lead(leadId)).toMatchObject({
    name: "From a form",
    price: 1200.5,
    contacts: [{ name: "Frida" }, { name: "Fred" }],
  });
});

describe("the letters of a form", () => {
  const named = async (fields: string, type: string) => (await form.done(fields, { "content-type": type })).leadId;
  const urlencoded = "application/x-www-form-urlencoded";

  test.each([
    ["as UTF-8", "company[name]=M%C3%BCller+%2B+S%c3%b6hne", urlencoded],
    ["as they say", "company[name]=M%FCller+%2B+S%F6hne", `${urlencoded}; charset=iso-8859-1`],
    ["as they say in quotes", "company%5Bname%5D=M%FCller+%2B+S%F6hne", `${urlencoded};charset="windows-1252"`],
  ])("are read %s", async (_, fields, type) => {
    expect(form.account.lead(await named(fields, type)).name).toBe("Müller + Söhne");
  });

  test("are not guessed", async () => {
    const sentence = async (charset: string) => {
      const answer = await form.post("company[name]=M%FCller", { "content-type": `${urlencoded}${charset}` });
      expect(refusalIn(answer)).toEqual([400, "invalid_input"]);
      return ApiError.parse(answer.body).error.message;
    };
    expect(await sentence("")).toBe(
      'The form\'s letters are not encoded as UTF-8; give the form accept-charset="utf-8", or name its charset in the content type.',
    );
    expect(await sentence("; charset=klingon")).toBe(
      "The form is encoded as klingon, which is not known here; send it as UTF-8.",
    );
  });
});

test("a field for a price that is left empty says none", async () => {
  const fields = new URLSearchParams({ "deal[name]": "No price", "deal[price]": "" });
  expect(form.account.lead((await form.done(String(fields), FORM)).leadId).price).toBe(0);
});

test("it is answered before Kommo is asked, with a receipt that says what became of it", async () => {
  form.account.control.faults.add({
    match: { method: "GET", path: "/api/v4/contacts" },
    effect: { kind: "answer", status: 503 },
  });
  const receipt = await form.send({ contacts: [{ name: "Rita", email: "rita@receipt.example" }] });
  expect(receipt).toMatchObject({ status: "received", leadId: null, contactIds: [], endedAt: null });
  form.account.control.faults.clear();
  await form.account.hurry("work");
  const ended = await form.ended(receipt);
  expect(ended).toMatchObject({ id: receipt.id, status: "done", issues: [], isExtended: false });
  expect(form.account.lead(ended.leadId!).contacts.map(({ id }) => id)).toEqual(ended.contactIds);
});

test("twenty equal requests at once make one deal and one set of contacts, with a key and without", async () => {
  const before = (await form.everything("leads")).length;
  const people = (await form.everything("contacts")).length;
  const body = (name: string) => ({
    company: { name: `${name} Ltd` },
    contacts: [1, 2, 3].map((n) => ({ name: `${name} ${n}`, email: `${name}${n}@twenty.example` })),
  });
  const twenty = (name: string, headers = {}) =>
    Promise.all(Array.from({ length: 20 }, () => form.done(body(name), headers)));
  const receipts = [await twenty("keyed", { "idempotency-key": "once" }), await twenty("plain")];
  expect(receipts.map((all) => new Set(all.map(({ id }) => id)).size)).toEqual([1, 1]);
  expect((await form.everything("leads")).length - before).toBe(2);
  expect((await form.everything("contacts")).length - people).toBe(6);
});

test("a key of one request cannot be used for another one", async () => {
  const headers = { "idempotency-key": "one-of-these" };
  const first = await form.send(anna, headers);
  const other = await form.post({ ...anna, message: "Something else" }, headers);
  expect(refusalIn(other)).toEqual([409, "conflict"]);
  expect((await form.send(anna, headers)).id).toBe(first.id);
  expect((await form.send(anna, { "idempotency-key": "another-of-these" })).id).not.toBe(first.id);
});

test("without a key the same body is another request some time later", async () => {
  const body = { contacts: [{ name: "Later", email: "later@door.example" }] };
  const { id } = await form.done(body);
  expect((await form.send(body)).id).toBe(id);
  await form.account.look(
    "UPDATE intake_request SET received_at = received_at - interval '11 minutes' WHERE receipt = $1",
    [id],
  );
  expect((await form.send(body)).id).not.toBe(id);
});

test("who fills in the hidden field is told what everybody is told, and nothing is made or kept of it", async () => {
  const { id, status } = await form.send({ ...anna, message: "Buy followers", homepage: "https://spam.example" });
  expect(status).toBe("received");
  expect((await form.receipt(id)).status).toBe("received");
  const [row] = await form.account.look("SELECT state, body FROM intake_request WHERE receipt = $1", [id]);
  expect(row).toEqual({ state: "spam", body: null });
  const { requests } = await form.admin.get(IntakeRequests, "/api/intake/requests");
  expect(requests.find((request) => request.id === id)).toMatchObject({ status: "spam", keyName: "Website" });
});

test("an address that sends without end is slowed down, and others are not", async () => {
  const wild = { "x-forwarded-for": "198.51.100.7" };
  const answers = await Promise.all(Array.from({ length: 80 }, () => form.post({}, wild)));
  const slowed = answers.filter(({ status }) => status === 429);
  expect(slowed.length).toBeGreaterThan(0);
  expect(refusalIn(slowed[0]!)[1]).toBe("too_many_requests");
  expect(Number(slowed[0]!.headers.get("retry-after"))).toBeGreaterThan(0);
  await form.send(anna);
});

test("addresses of one IPv6 network are slowed down together", async () => {
  const answers = await Promise.all(
    Array.from({ length: 80 }, (_, n) => form.post({}, { "x-forwarded-for": `2001:db8:5:6::${n.toString(16)}` })),
  );
  expect(answers.map(({ status }) => status)).toContain(429);
  expect((await form.post({}, { "x-forwarded-for": "2001:db8:5:7::1" })).status).toBe(400);
});

test("a key that is used without end is slowed down, and others are not", async () => {
  const other = await Form.of(world);
  const answers = await Promise.all(Array.from({ length: 350 }, () => other.post({})));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 429]));
  await form.send(anna);
});

test("settings that name a pipeline, stage or user that is not there are refused by their field", async () => {
  const { version, settings } = await form.admin.get(AccountSettings, "/api/settings");
  const issues = async (intake: object) => {
    const body = { version, settings: { ...settings, intake: { ...settings.intake, ...intake } } };
    const answer = await form.admin.ask("/api/settings", { method: "PUT", body });
    return ApiError.parse(answer.body).error.issues?.map(({ path }) => path);
  };
  expect(await issues({ pipelineId: 7, responsibleUserId: 8 })).toEqual([
    "settings.intake.pipelineId",
    "settings.intake.responsibleUserId",
  ]);
  expect(await issues({ statusId: 9 })).toEqual(["settings.intake.statusId"]);
  for (const statusId of [142, 143])
    expect(await issues({ statusId }), String(statusId)).toEqual(["settings.intake.statusId"]);
  expect(await issues({ country: "XX" })).toEqual(["settings.intake.country"]);
  expect(await issues({ country: "Poland", tag: "x".repeat(61) })).toEqual([
    "settings.intake.tag",
    "settings.intake.country",
  ]);
});

describe("keys", () => {
  const send = (path: string, wish: Parameters<Browser["send"]>[2] = {}) =>
    form.admin.send(IntakeKeys, `/api/intake/${path}`, wish);

  test("an exchanged key still works for a day, a revoked one does not, and what came in by it is carried out", async () => {
    const made = (await send("keys", { body: { name: "Fair" } })).keys.at(-1)!;
    expect(made).toMatchObject({ name: "Fair", createdBy: expect.any(String), rotatedAt: null, formerUntil: null });
    const rotated = (await send(`keys/${made.id}/rotate`)).keys.find(({ id }) => id === made.id)!;
    expect(rotated.url).not.toBe(made.url);
    const body = { contacts: [{ name: "Fair", email: "fair@door.example" }] };
    const statuses = async () =>
      Promise.all([made, rotated].map(async ({ url }) => (await form.post(body, {}, url)).status));
    expect(await statuses()).toEqual([202, 202]);
    await form.account.look("UPDATE intake_key SET former_until = app_now() WHERE id = $1", [made.id]);
    await send("keys", { body: { name: "Another, so that this process looks again" } });
    expect(await statuses()).toEqual([404, 202]);
    const left = await send(`keys/${made.id}`, { method: "DELETE" });
    expect(left.keys.map(({ id }) => id)).not.toContain(made.id);
    expect(await statuses()).toEqual([404, 404]);
    await until("it is carried out", async () => {
      const { requests } = await form.admin.get(IntakeRequests, "/api/intake/requests");
      return requests.find(({ keyName }) => keyName === "Fair")?.status === "done";
    });
  });

  test("a key of one account opens no receipt of another", async () => {
    const other = await Form.of(world);
    const { id } = await form.send(anna);
    const answer = await fetch(`${other.url}/receipts/${id}`);
    expect(answer.status).toBe(404);
  });

  test("are made by administrators only, and not without end", async () => {
    const { id } = form.account.control.accounts.addUser({ account: form.account.id, name: "Rep" });
    const rep = await Browser.open(world, form.account.id, id);
    for (const [method, path] of [
      ["GET", "keys"],
      ["POST", "keys"],
      ["GET", "requests"],
      ["GET", "merge-proposals"],
    ] as const) {
      const body = method === "POST" ? { body: { name: "Mine" } } : {};
      expect(await rep.refusal(`/api/intake/${path}`, { method, ...body }), path).toEqual([403, "forbidden"]);
    }
    expect(await form.admin.refusal("/api/intake/keys/999/rotate", { method: "POST" })).toEqual([404, "not_found"]);
    const other = await Form.of(world);
    for (let n = 1; n < 20; n++) await other.admin.send(IntakeKeys, "/api/intake/keys", { body: { name: `Key ${n}` } });
    expect(await other.admin.refusal("/api/intake/keys", { method: "POST", body: { name: "One more" } })).toEqual([
      409,
      "conflict",
    ]);
  });

  test("are kept sealed, and an unknown one finds nothing", async () => {
    const key = form.url.split("/").at(-1)!;
    const rows = await form.account.look("SELECT row_to_json(k)::text AS row FROM intake_key k");
    expect(JSON.stringify(rows)).not.toContain(key);
    expect(
      (
        await form.post(
          anna,
          {},
          form.url.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
        )
      ).status,
    ).toBe(404);
    expect((await ask(world, "/intake/short", { method: "POST", body: anna })).status).toBe(404);
  });
});

test("the snippet's form sends what the API takes, and its hidden field is hidden from people", async () => {
  const url = await form.page();
  const { keys } = await form.admin.get(IntakeKeys, "/api/intake/keys");
  const key = keys.find((one) => one.url === url)!;
  const { html } = await form.admin.get(IntakeSnippet, `/api/intake/keys/${key.id}/snippet`);
  expect(html).toContain(`action="${url}" method="post" accept-charset="utf-8"`);
  const names = [...html.matchAll(/ name="([^"]+)"/g)].map(([, name]) => name!);
  const fields = new URLSearchParams(names.map((name): [string, string] => [name, typed(name)]));
  const { leadId } = await form.done(String(fields), FORM);
  expect(form.account.lead(leadId)).toMatchObject({
    name: "Text of company[name]",
    contacts: [{ name: "Text of contacts[0][name]" }],
  });
});

function typed(name: string): string {
  if (name === "homepage") return "";
  if (name.endsWith("[email]")) return "snippet@door.example";
  return name.endsWith("[phone]") ? "+1 415 555 4001" : `Text of ${name}`;
}
