import { Card } from "@dealscope/shared/card";
import { IntakeKeys, IntakeReceipt, IntakeRequests } from "@dealscope/shared/intake";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Gated } from "./gates.ts";
import { Form } from "./intake-kit.ts";
import { startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let gated: Gated;
let form: Form;
let page: string;
beforeAll(async () => {
  world = await startApiWorld();
  gated = await Gated.open(world);
  const stages = [gated.rule(1, { requiredRoles: ["decision_maker"] })];
  await gated.setRules({ stages }, { intake: { extendOpenDeals: true } });
  form = await Form.on(world, gated.account);
  page = await form.page();
});
afterAll(() => world?.stop());

const client = { name: "Lena Recht", email: "lena@recht.example" };
const stranger = { name: "Mallory", email: "mallory@stranger.example", role: "decision_maker" };

/** By a key in a page. @returns the answer when it is carried out, and what an administrator sees of it */
async function sent(body: object) {
  const answer = await form.post(body, {}, page);
  expect(answer.status).toBe(202);
  const { id } = IntakeReceipt.parse(answer.body);
  const known = async () => {
    const { requests } = await form.admin.get(IntakeRequests, "/api/intake/requests");
    return requests.find((request) => request.id === id)!;
  };
  await until("it is done", async () => (await known()).status === "done");
  return { id, first: answer.body, shown: await known() };
}

const member = async (leadId: number, name: string) => {
  const { committee } = await form.admin.get(Card, `/api/leads/${leadId}/card`);
  return committee.members.find((one) => one.name === name);
};

test("a stranger whom a page's form calls the decision maker opens no gate: the role is suggested with the form's words", async () => {
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  const { id: receipt, shown } = await sent({ contacts: [client, stranger] });
  expect(shown).toMatchObject({ leadId: id, isExtended: true });
  await until("the role is suggested", async () => (await member(id, "Mallory"))?.suggestion != null);
  expect(await member(id, "Mallory")).toMatchObject({
    role: null,
    suggestion: {
      role: "decision_maker",
      quote: "Mallory, mallory@stranger.example, Decision maker",
      saidIn: { kind: "form", id: receipt, at: expect.any(String) },
    },
  });
  await gated.quiet();
  expect(await gated.holds(id)).toMatchObject([{ outcome: null }]);
  expect(gated.placeOf(id)).toBe(0);
});

test("the same of a trusted key counts, and lets the deal through", async () => {
  const contact = { name: "Tara", email: "tara@trust.example" };
  const id = gated.account.create({ name: "Trusted", status_id: gated.stage(0), contact });
  await gated.quiet();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  expect(await form.done({ contacts: [{ ...contact, role: "decision_maker" }] })).toMatchObject({ leadId: id });
  await gated.standsIn(id, 1);
});

test("in a new deal too a page's form suggests roles and sets none", async () => {
  const { shown } = await sent({ contacts: [{ name: "Nina", email: "nina@new.example", role: "lawyer" }] });
  await until(
    "the role is suggested",
    async () => (await member(shown.leadId!, "Nina"))?.suggestion?.role === "lawyer",
  );
  expect(await member(shown.leadId!, "Nina")).toMatchObject({ role: null });
  expect(
    await gated.account.look("SELECT 1 FROM stakeholder WHERE lead_id = $1 AND role IS NOT NULL", [shown.leadId]),
  ).toEqual([]);
});

test.each(["0171 555 0199", "call me in the morning"])(
  "a visitor's phone that cannot be read costs nobody the enquiry, and stands in the note: %s",
  async (phone) => {
    const client = { name: "Paula", email: `paula-${phone.length}@phone.example` };
    const { shown } = await sent({ contacts: [{ ...client, phone }], message: "Call me." });
    const lead = () => gated.account.lead(shown.leadId!);
    expect(lead().contacts).toMatchObject([{ name: "Paula", fields: { EMAIL: client.email } }]);
    expect(lead().contacts[0]!.fields).not.toHaveProperty("PHONE");
    await until("the note is there", () => JSON.stringify(lead().notes).includes(`Phone as written: ${phone}`));
  },
);

test("an unreadable phone is refused where it is all there is of somebody, and by a trusted key", async () => {
  const refused = "is not a phone number; write it with the country code, such as +49 171 5550199.";
  const alone = await form.post({ contacts: [{ phone: "call me" }], company: { name: "Inc" } }, {}, page);
  expect(alone).toMatchObject({ status: 400, body: { error: { issues: [{ message: `call me ${refused}` }] } } });
  expect(await form.refused({ contacts: [{ ...client, phone: "call me" }] })).toEqual([
    `contacts.0.phone: call me ${refused}`,
  ]);
});

test("a page's receipt tells what became of the request, and not who is a client", async () => {
  const known = form.contact("Known", { EMAIL: "known@client.example" });
  form.contact("Known twice", { EMAIL: "known@client.example" });
  const body = { contacts: [{ name: "Somebody", email: "known@client.example" }] };
  const { id, first, shown } = await sent(body);
  expect(shown).toMatchObject({ contactIds: [known], mergeProposals: [{ keptId: known }] });
  const asked = await fetch(`${page}/receipts/${id}`);
  const again = await form.post(body, {}, page);
  const fields = ["id", "status", "receivedAt", "endedAt", "issues"];
  for (const told of [first, await asked.json(), again.body]) expect(Object.keys(told as object)).toEqual(fields);
  expect(again.body).toMatchObject({ id, status: "done", issues: [] });
});

test("a trusted key is made so, is told apart, and gives no form for a page", async () => {
  const { keys } = await form.admin.get(IntakeKeys, "/api/intake/keys");
  expect(keys.map(({ name, isTrusted }) => [name, isTrusted])).toEqual([
    ["Website", true],
    ["Page", false],
  ]);
  expect(await form.admin.refusal(`/api/intake/keys/${keys[0]!.id}/snippet`)).toEqual([409, "conflict"]);
});
