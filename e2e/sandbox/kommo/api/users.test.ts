import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, clientOf, connected } from "../test-kit.ts";

let acme: Connected;
let asRep: Record<string, string>;
beforeEach(async () => {
  acme = await connected();
  asRep = { "x-context-user-id": String(acme.rep) };
});
afterEach(() => acme.kommo.stop());

it("lists users to administrators only", async () => {
  const { body } = await acme.api("GET", "/users?with=role,group");
  expect(body).toMatchObject({ _total_items: 2, _page: 1, _page_count: 1 });
  expect(body._embedded.users[0].rights).toMatchObject({
    is_admin: true,
    is_active: true,
    leads: { view: "A" },
    status_rights: null,
  });
  expect(await acme.api("GET", "/users", undefined, asRep)).toMatchObject({
    status: 403,
    type: expect.stringContaining("problem+json"),
  });
});

it("makes at most ten users at a time and cannot change one", async () => {
  const user = { name: "New", email: "n@example.com", password: "secret" };
  expect((await acme.api("POST", "/users", [user])).status).toBe(201);
  expect((await acme.api("POST", "/users", Array(11).fill(user))).status).toBe(400);
  expect((await acme.api("PATCH", `/users/${acme.rep}`, { name: "x" })).status).toBe(405);
});

it("lets an administrator's token act as a user, with that user's rights", async () => {
  expect((await acme.api("GET", "/account", undefined, asRep)).body.current_user_id).toBe(acme.rep);
  acme.kommo.control.accounts.changeUser({ user_id: acme.rep, rights: mine() });
  const own = acme.kommo.control.leads.create({ user_id: acme.rep }).id;
  const foreign = acme.kommo.control.leads.create({}).id;
  const { body } = await acme.api("GET", "/leads", undefined, asRep);
  expect(body._embedded.leads.map((lead: { id: number }) => lead.id)).toEqual([own]);
  expect((await acme.api("GET", `/leads/${foreign}`, undefined, asRep)).status).toBe(204);
  expect((await acme.api("PATCH", "/leads", [{ id: foreign, name: "x" }], asRep)).status).toBe(403);
  expect((await acme.api("PATCH", "/leads", [{ id: own, name: "x" }], asRep)).status).toBe(200);
});

it("refuses a context user who is unknown or free, and one asked for by a token that is no administrator's", async () => {
  const { control, origin } = acme.kommo;
  const free = control.accounts.addUser({ is_free: true }).id;
  for (const id of [free, 77])
    expect((await acme.api("GET", "/account", undefined, { "x-context-user-id": String(id) })).status).toBe(401);
  const rep = clientOf(origin, control.oauth.longLivedToken({ user_id: acme.rep }).access_token);
  expect((await rep("GET", "/account", undefined, { "x-context-user-id": String(acme.admin) })).status).toBe(401);
  control.switches.set({ contextUserRefusal: 403 });
  expect((await rep("GET", "/account", undefined, { "x-context-user-id": String(acme.admin) })).status).toBe(403);
});

it("lets a role's stage rights gate a stage for everybody but administrators, as a switch", async () => {
  const gate = {
    entity_type: "leads",
    pipeline_id: acme.pipeline,
    status_id: acme.stages[3],
    rights: { view: "A", edit: "D", delete: "D" },
  };
  const { body } = await acme.api("POST", "/roles", [{ name: "Sales", rights: { status_rights: [gate] } }]);
  acme.kommo.control.accounts.changeUser({ user_id: acme.rep, role_id: body._embedded.roles[0].id });
  const { id } = acme.kommo.control.leads.create({});
  const move = (headers: Record<string, string>) =>
    acme.api("PATCH", "/leads", [{ id, status_id: acme.stages[3] }], headers);
  expect((await move(asRep)).status).toBe(403);
  acme.kommo.control.switches.set({ statusRightsBindApi: false });
  expect((await move(asRep)).status).toBe(200);
  expect((await move({})).status).toBe(200);
});

it("gives nothing to a user who has left for good", async () => {
  acme.kommo.control.accounts.removeUser({ user_id: acme.rep });
  const task = { text: "Call them", complete_till: 1_900_000_000, responsible_user_id: acme.rep };
  const { status, body } = await acme.api("POST", "/tasks", [task]);
  expect([status, body["validation-errors"][0].errors[0].path]).toEqual([400, "responsible_user_id"]);
});

it("answers 401 without a token, 402 for an unpaid account, 404 and 405 for what is not there", async () => {
  expect(await clientOf(acme.kommo.origin, "nonsense")("GET", "/account")).toMatchObject({
    status: 401,
    body: { title: "Unauthorized", status: 401 },
  });
  expect((await acme.api("GET", "/nothing")).status).toBe(404);
  expect((await acme.api("DELETE", "/account")).status).toBe(405);
  acme.kommo.control.accounts.change({ is_paid: false });
  expect((await acme.api("GET", "/account")).status).toBe(402);
});

it("tells the account what was asked for, and never its plan", async () => {
  const { body, headers } = await acme.api("GET", "/account?with=amojo_id,users_groups,task_types,datetime_settings");
  expect(headers.get("x-request-id")).toMatch(/[0-9a-f-]{36}/);
  expect(body).toMatchObject({ id: acme.account.id, subdomain: "acme", current_user_id: acme.admin });
  expect(Object.keys(body._embedded)).toEqual(["users_groups", "task_types", "datetime_settings"]);
  expect(JSON.stringify(body)).not.toContain('pro"');
});

function mine() {
  const card = { view: "M", edit: "M", add: "A", delete: "D", export: "D" } as const;
  const none = { edit: "M", delete: "D" } as const;
  return {
    leads: card,
    contacts: card,
    companies: card,
    tasks: none,
    mail_access: false,
    catalog_access: true,
    status_rights: null,
  };
}
