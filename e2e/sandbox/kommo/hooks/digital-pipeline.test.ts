import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected, type Receiver, receiver } from "../test-kit.ts";

let acme: Connected;
let inbox: Receiver;

beforeEach(async () => {
  [acme, inbox] = await Promise.all([connected(), receiver()]);
  acme.kommo.control.digitalPipeline.put({
    pipeline_id: acme.pipeline,
    status_id: acme.stages[2]!,
    url: `${inbox.url}/dp`,
    settings: { key: "k_demo", message: "Hello" },
  });
});
afterEach(async () => {
  await acme.kommo.stop();
  await inbox.stop();
});

const arrive = () => acme.kommo.control.leads.create({ status_id: acme.stages[2]! }).id;
const settled = async () => {
  while (!(await acme.kommo.control.hooks.idle()).idle) await new Promise((wake) => setTimeout(wake, 2));
};

it("tells of a lead that comes to the stage, in a form and with the action's settings", async () => {
  const { id } = acme.kommo.control.leads.create({});
  acme.kommo.control.leads.move({ id, status_id: acme.stages[2]! });
  const [told] = await inbox.until(1);
  expect(told!.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect(told!.form).toMatchObject({
    event: {
      type: "14",
      type_code: "lead_status_changed",
      data: {
        id: String(id),
        element_type: "2",
        status_id: String(acme.stages[2]),
        pipeline_id: String(acme.pipeline),
      },
    },
    action: { settings: { widget: { settings: { key: "k_demo", message: "Hello" } } } },
    subdomain: "acme",
    account_id: String(acme.account.id),
  });
});

it("says nothing of other stages, and nothing when the action was taken away", async () => {
  const { id } = acme.kommo.control.leads.create({});
  acme.kommo.control.leads.move({ id, status_id: acme.stages[1]! });
  acme.kommo.control.digitalPipeline.clear({});
  arrive();
  await settled();
  expect(inbox.received).toEqual([]);
});

it("calls once, whatever the answer is", async () => {
  inbox.answer = (response) => response.writeHead(500).end();
  arrive();
  await inbox.until(1);
  await settled();
  acme.kommo.control.clock.advance({ seconds: 24 * 3_600 });
  await settled();
  expect(inbox.received).toHaveLength(1);
  expect(acme.kommo.control.ledger.deliveries()).toMatchObject([{ route: "digital_pipeline", status: 500 }]);
});

it("tells it as JSON, and with the lead in a list, where it is switched so", async () => {
  acme.kommo.control.switches.set({ digitalPipelineBody: "json", digitalPipelineData: "listed" });
  const id = arrive();
  const [told] = await inbox.until(1);
  expect(told!.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(told!.raw).event.data).toMatchObject({ leads: { status: [{ id }] } });
});
