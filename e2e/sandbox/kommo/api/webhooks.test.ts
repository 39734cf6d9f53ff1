import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected } from "../test-kit.ts";

let acme: Connected;
beforeEach(async () => {
  acme = await connected();
});
afterEach(() => acme.kommo.stop());

const post = (settings: string[], destination = "https://hook.example/a") =>
  acme.api("POST", "/webhooks", { destination, settings });

it("is one object, known by its destination", async () => {
  const { status, body } = await post(["add_lead"]);
  expect(status).toBe(200);
  expect(Object.keys(body).sort()).toEqual(
    "account_id created_at created_by destination disabled id settings sort updated_at".split(" "),
  );
  expect((await acme.api("POST", "/webhooks", [{}])).status).toBe(400);
  const found = await acme.api("GET", `/webhooks?filter[destination]=${encodeURIComponent(body.destination)}`);
  expect(found.body).toMatchObject({ _total_items: 1, _embedded: { webhooks: [{ id: body.id, disabled: false }] } });
  expect((await acme.api("DELETE", "/webhooks", { destination: body.destination })).status).toBe(204);
  expect((await acme.api("DELETE", "/webhooks", { destination: body.destination })).status).toBe(404);
  expect((await acme.api("PATCH", "/webhooks", {})).status).toBe(405);
});

it("replaces the settings on a second POST, or merges them as a switch", async () => {
  await post(["add_lead"]);
  expect((await post(["update_lead"])).body.settings).toEqual(["update_lead"]);
  acme.kommo.control.switches.set({ webhookPost: "merges" });
  expect((await post(["add_lead"])).body.settings).toEqual(["update_lead", "add_lead"]);
});

it("is for administrators: 401 to list, 403 to change", async () => {
  const asRep = { "x-context-user-id": String(acme.rep) };
  expect((await acme.api("GET", "/webhooks", undefined, asRep)).status).toBe(401);
  expect(
    (await acme.api("POST", "/webhooks", { destination: "https://x.example", settings: ["add_lead"] }, asRep)).status,
  ).toBe(403);
});

it("needs a plan, knows its codes, and is limited to 100", async () => {
  expect((await post(["lead_added"])).body["validation-errors"][0].errors[0]).toMatchObject({
    code: "NotSupportedChoice",
    path: "settings.0",
  });
  for (let n = 0; n < 100; n++) await post(["add_lead"], `https://hook.example/${n}`);
  expect((await post(["add_lead"], "https://hook.example/100")).status).toBe(400);
  acme.kommo.control.accounts.change({ plan: "base" });
  expect((await post(["add_lead"])).status).toBe(402);
  acme.kommo.control.switches.set({ webhookPlanRefusal: 403 });
  expect((await post(["add_lead"])).status).toBe(403);
});

it("refuses the whole list for one code that it does not know, as a switch also a known one", async () => {
  acme.kommo.control.switches.set({ unknownHookCodes: ["add_outgoing_message"] });
  expect((await post(["add_lead", "add_outgoing_message"])).status).toBe(400);
  expect((await acme.api("GET", "/webhooks")).status).toBe(204);
  expect((await post(["add_lead"])).status).toBe(200);
});
