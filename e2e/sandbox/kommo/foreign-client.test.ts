import { Amo } from "@shevernitskiy/amo";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Connected, connected } from "./test-kit.ts";

// A client that others wrote for this API, as it comes from npm. It speaks to https://acme.kommo.com; the only thing
// that is ours is the way there.
const HOST = "acme.kommo.com";
const redirect_uri = "https://crm.client.test/callback";

let acme: Connected;
let amo: Amo;
beforeAll(async () => {
  acme = await connected();
  const integration = acme.kommo.control.oauth.integration({ client_id: "theirs", redirect_uri });
  const direct = globalThis.fetch;
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) =>
    direct(String(url).replace(`https://${HOST}`, acme.kommo.origin), init),
  );
  const { code } = await acme.kommo.control.oauth.grant({ client_id: "theirs" });
  const { client_id, client_secret } = integration;
  amo = new Amo(
    HOST,
    { client_id, client_secret, redirect_uri, grant_type: "authorization_code", code: code ?? "" },
    { request_delay: 0 },
  );
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await acme.kommo.stop();
});

test("gets its tokens for a code and reads the account", async () => {
  expect(await amo.account.getAccount()).toMatchObject({ id: acme.account.id, subdomain: "acme" });
  expect(amo.token).toMatchObject({ token_type: "Bearer", expires_in: 86_400 });
});

test("makes leads, contacts, notes and tasks, and finds them again", async () => {
  const [pipeline] = (await amo.pipeline.getPipelines())._embedded.pipelines;
  const added = await amo.lead.addLeads([{ name: "Twelve seats", price: 900, pipeline_id: pipeline!.id }]);
  const id = added._embedded.leads![0]!.id;
  await amo.lead.updateLeadById(id, { price: 1_200 });
  const contacts = await amo.contact.addContacts([{ name: "Ana Reyes" }]);
  await amo.note.addNotes("leads", [{ entity_id: id, note_type: "common", params: { text: "Called back" } }]);
  await amo.task.addTasks([{ text: "Call", complete_till: 1_900_000_000, entity_id: id, entity_type: "leads" }]);
  const found = await amo.lead.getLeads({ filter: (filter) => filter.single("id", id) });
  expect(found._embedded.leads).toMatchObject([{ id, name: "Twelve seats", price: 1_200 }]);
  expect(await amo.contact.getContactById(contacts._embedded.contacts[0]!.id)).toMatchObject({ name: "Ana Reyes" });
  const notes = await amo.note.getNotesByEntityId(id, "leads");
  expect(notes._embedded.notes).toMatchObject([{ params: { text: "Called back" } }]);
  const tasks = await amo.task.getTasks({
    filter: (filter) => filter.single("entity_type", "leads").single("entity_id", id),
  });
  expect(tasks._embedded.tasks).toMatchObject([{ text: "Call", entity_id: id }]);
});

test("understands what is refused, and why", async () => {
  const wrong = amo.lead.addLeads([{ name: "No such pipeline", pipeline_id: 1 }]);
  await expect(wrong).rejects.toMatchObject({
    response: { status: 400, "validation-errors": [{ errors: [{ path: "pipeline_id" }] }] },
  });
});

test("subscribes a webhook and finds it", async () => {
  const destination = "https://crm.client.test/hook";
  await amo.webhook.addWebhook({ destination, settings: ["add_lead"], sort: 1 });
  const { _embedded } = await amo.webhook.getWebhooks();
  expect(_embedded.webhooks).toMatchObject([{ destination, settings: ["add_lead"] }]);
});
