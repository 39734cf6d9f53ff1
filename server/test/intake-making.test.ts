import { MergeProposals } from "@dealscope/shared/intake";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Form } from "./intake-kit.ts";
import { startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let form: Form;
beforeAll(async () => {
  world = await startApiWorld();
  form = await Form.of(world);
});
afterAll(() => world?.stop());

const lead = (id: number) => form.account.lead(id);
const contactIds = (id: number) => lead(id).contacts.map((contact) => contact.id);
const calls = (route: string) => form.account.calls(route);

test("a request becomes a deal with its company, its contacts and its words", async () => {
  const before = { complex: calls("POST /api/v4/leads/complex"), contacts: calls("POST /api/v4/contacts") };
  const { leadId, contactIds: made } = await form.done({
    deal: { name: "Nordwind rollout", price: 48_000.5 },
    company: { name: "Nordwind GmbH" },
    contacts: [
      { name: "Ana Reyes", email: "Ana@Nordwind.example", phone: "(415) 555-0123", role: "decision_maker" },
      { name: "B. Okafor", email: "okafor@nordwind.example", role: "lawyer" },
      { name: "C. Lund", phone: "+45 32 12 34 56" },
    ],
    message: "We need this in March.",
  });
  expect(lead(leadId)).toMatchObject({
    name: "Nordwind rollout",
    price: 48_000.5,
    pipeline_id: form.account.installed.pipelineId,
    status_id: form.account.installed.statusIds[0],
    tags: ["form"],
    contacts: [
      { name: "Ana Reyes", is_main: true, fields: { EMAIL: "Ana@Nordwind.example", PHONE: "+14155550123" } },
      { name: "B. Okafor", is_main: false },
      { name: "C. Lund", is_main: false, fields: { PHONE: "+4532123456" } },
    ],
  });
  expect(contactIds(leadId)).toEqual(made);
  expect(lead(leadId).companies).toHaveLength(1);
  expect([
    calls("POST /api/v4/leads/complex") - before.complex,
    calls("POST /api/v4/contacts") - before.contacts,
  ]).toEqual([1, 1]);
  await until("the words are noted", () => lead(leadId).notes.length === 1);
  expect(JSON.stringify(lead(leadId).notes)).toContain("We need this in March.");
});

test("the client's words are a message to those who judge, and roles stand in the committee", async () => {
  const { leadId, contactIds: made } = await form.done({
    contacts: [{ name: "Speaker", email: "s@talk.example", role: "lawyer" }],
    message: "Call me.",
  });
  const said = await form.account.look("SELECT direction, text, author, origin FROM message WHERE lead_id = $1", [
    leadId,
  ]);
  expect(said).toEqual([{ direction: "incoming", text: "Call me.", author: "Speaker", origin: "form" }]);
  const roles = await form.account.look("SELECT contact_id, role, changed_by FROM stakeholder WHERE lead_id = $1", [
    leadId,
  ]);
  expect(roles).toEqual([{ contact_id: made[0], role: "lawyer", changed_by: "Form “Website”" }]);
});

test("a job title is written into who is made, and of who is known it stands in the note only", async () => {
  const known = form.contact("Tilda", { EMAIL: "tilda@title.example" });
  const { leadId, contactIds: people } = await form.done({
    contacts: [
      { name: "Theo", email: "theo@title.example", title: "Head of Sales" },
      { name: "Tilda", email: "tilda@title.example", title: "Owner" },
      { name: "Tom", email: "tom@title.example", title: "" },
      { name: "Tess", email: "tess@title.example", title: "General Counsel" },
    ],
  });
  expect(people[1]).toBe(known);
  expect(lead(leadId).contacts.map(({ name, fields }) => [name, fields.POSITION])).toEqual([
    ["Theo", "Head of Sales"],
    ["Tilda", undefined],
    ["Tom", undefined],
    ["Tess", "General Counsel"],
  ]);
  await until("it is noted", () => lead(leadId).notes.length === 1);
  expect(JSON.stringify(lead(leadId).notes)).toContain("Tilda, Owner, tilda@title.example");
  const tooLong = { contacts: [{ name: "T", title: "x".repeat(251) }] };
  expect(await form.refused(tooLong)).toEqual(["contacts.0.title: A job title has at most 250 characters."]);
});

test("equal requests with keys of their own make a deal each, and their people once if they can be known", async () => {
  const body = {
    company: { name: "Twenty Times" },
    contacts: [{ name: "Reachable", email: "reach@twenty.example" }, { name: "Unreachable Twenty" }],
  };
  const keys = ["a", "b", "c", "d"];
  const receipts = await Promise.all(keys.map((key) => form.done(body, { "idempotency-key": `twenty-${key}` })));
  const ids = (place: number) => new Set(receipts.map(({ contactIds: made }) => made[place]));
  expect(new Set(receipts.map(({ leadId }) => leadId)).size).toBe(4);
  expect([ids(0).size, ids(1).size]).toEqual([1, 4]);
  expect((await form.everything("companies")).filter(({ name }) => name === "Twenty Times")).toHaveLength(1);
});

test("who is known by e-mail in whatever case, with or without a plus, is not made again", async () => {
  const known = form.contact("Eva", { EMAIL: "Eva.Known@Mail.example" });
  const plus = form.contact("Pia", { EMAIL: "pia+shop@mail.example" });
  const { contactIds: used, mergeProposals } = await form.done({
    contacts: [
      { name: "E.", email: "EVA.KNOWN+form@mail.example" },
      { name: "P.", email: "pia@mail.example" },
    ],
  });
  expect(used).toEqual([known, plus]);
  expect(mergeProposals).toEqual([]);
});

test("who is known by phone, however it is written, is not made again", async () => {
  const known = form.contact("Phil", { PHONE: "415 555 2671" });
  const { contactIds: used } = await form.done({ contacts: [{ name: "Philip", phone: "+1 (415) 555-2671" }] });
  expect(used).toEqual([known]);
});

test("an address that only looks alike is somebody else", async () => {
  form.contact("Xenia", { EMAIL: "xenia@mail.example.org", PHONE: "+1 415 555 26720" });
  const made = (await form.everything("contacts")).length;
  await form.done({ contacts: [{ name: "X", email: "xenia@mail.example", phone: "+14155552672" }] });
  expect((await form.everything("contacts")).length).toBe(made + 1);
});

test("of several the oldest is taken, and a merge is proposed and never done", async () => {
  const oldest = form.contact("Uma", { EMAIL: "uma@twice.example" });
  const other = form.contact("Uma again", { EMAIL: "uma@twice.example" });
  const { contactIds: used, mergeProposals } = await form.done({
    contacts: [{ name: "U", email: "uma@twice.example" }],
  });
  expect(used).toEqual([oldest]);
  expect(mergeProposals).toEqual([{ entity: "contact", keptId: oldest, otherIds: [other] }]);
  const shown = await form.admin.get(MergeProposals, "/api/intake/merge-proposals");
  const proposal = shown.proposals.find(({ keptId }) => keptId === oldest)!;
  expect(proposal).toMatchObject({ otherIds: [other], shared: "uma@twice.example", sharedBy: "email" });
  expect([proposal.keptName, ...proposal.otherNames]).toEqual(["Uma", "Uma again"]);
  const left = await form.admin.send(MergeProposals, `/api/intake/merge-proposals/${proposal.id}/dismiss`, {});
  expect(left.proposals.map(({ id }) => id)).not.toContain(proposal.id);
  await form.done({ contacts: [{ name: "U", email: "uma@twice.example" }], message: "Again" });
  const again = await form.admin.get(MergeProposals, "/api/intake/merge-proposals");
  expect(again.proposals.map(({ keptId }) => keptId)).not.toContain(oldest);
});

test("a proposal is gone when people have merged the contacts in Kommo", async () => {
  const oldest = form.contact("Mia", { EMAIL: "mia@twice.example" });
  const other = form.contact("Mia again", { EMAIL: "mia@twice.example" });
  await form.done({ contacts: [{ name: "M", email: "mia@twice.example" }] });
  const kept = async () =>
    (await form.admin.get(MergeProposals, "/api/intake/merge-proposals")).proposals.map(({ keptId }) => keptId);
  expect(await kept()).toContain(oldest);
  form.account.control.contacts.remove({ account: form.account.id, id: other });
  await until("the proposal is gone", async () => !(await kept()).includes(oldest));
});

test("colleagues who share a phone number and have e-mails of their own stay two people, and it is asked", async () => {
  const boss = form.contact("Boss", { EMAIL: "boss@shared.example", PHONE: "+14155553001" });
  const { contactIds: used, mergeProposals } = await form.done({
    contacts: [{ name: "Assistant", email: "assistant@shared.example", phone: "+14155553001" }],
  });
  expect(used[0]).not.toBe(boss);
  expect(mergeProposals).toEqual([{ entity: "contact", keptId: used[0], otherIds: [boss] }]);
  const { proposals } = await form.admin.get(MergeProposals, "/api/intake/merge-proposals");
  expect(proposals.find(({ keptId }) => keptId === used[0])).toMatchObject({
    ...{ keptName: "Assistant", otherNames: ["Boss"], shared: "+14155553001", sharedBy: "phone" },
  });
});

test("a company is found by its name, and of two the older is taken", async () => {
  const company = (name: string) =>
    form.account.control.contacts.create({ account: form.account.id, entity: "companies", name }).id;
  const first = company("TWIN AG");
  const second = company("twin ag");
  const receipt = await form.done({ company: { name: "Twin AG" }, contacts: [{ name: "T", email: "t@twin.example" }] });
  expect(lead(receipt.leadId).companies).toEqual([first]);
  expect(receipt.mergeProposals).toEqual([{ entity: "company", keptId: first, otherIds: [second] }]);
});

test("names that are scripts or formulas are texts and nothing else", async () => {
  const name = `<script>alert(1)</script>`;
  const { leadId } = await form.done({
    deal: { name: "=HYPERLINK(0)" },
    contacts: [{ name, email: "evil@x.example" }],
  });
  expect(lead(leadId)).toMatchObject({ name: "=HYPERLINK(0)", contacts: [{ name }] });
});

test("twenty contacts are made with one call for the deal and one for the others", async () => {
  const contacts = Array.from({ length: 20 }, (_, n) => ({ name: `Member ${n}`, email: `member${n}@many.example` }));
  const before = calls("POST /api/v4/contacts");
  const links = calls("POST /api/v4/leads/:id/link");
  const { leadId } = await form.done({ contacts });
  expect(lead(leadId).contacts.map(({ name }) => name)).toEqual(contacts.map(({ name }) => name));
  expect([calls("POST /api/v4/contacts") - before, calls("POST /api/v4/leads/:id/link") - links]).toEqual([1, 1]);
});

test("one contact costs no call for linking", async () => {
  const links = calls("POST /api/v4/leads/:id/link");
  const { leadId } = await form.done({
    company: { name: "Alone" },
    contacts: [{ name: "Al", email: "al@alone.example" }],
  });
  expect([lead(leadId).contacts.length, lead(leadId).companies.length]).toEqual([1, 1]);
  expect(calls("POST /api/v4/leads/:id/link")).toBe(links);
});

test("two requests about the same new person make him once, although Kommo shows him late", async () => {
  form.account.control.switches.set({ readLagMs: 3_000 });
  const contact = { name: "Late", email: "late@lag.example" };
  const receipts = await Promise.all(
    [1, 2, 3].map((n) => form.done({ company: { name: "Late & Co" }, contacts: [contact], message: `Question ${n}` })),
  );
  form.account.control.switches.set({ readLagMs: 0 });
  form.account.control.clock.advance({ seconds: 10 });
  expect(new Set(receipts.map(({ leadId }) => leadId)).size).toBe(3);
  expect(new Set(receipts.flatMap(({ contactIds: ids }) => ids)).size).toBe(1);
  expect((await form.everything("companies")).filter(({ name }) => name === "Late & Co")).toHaveLength(1);
});
