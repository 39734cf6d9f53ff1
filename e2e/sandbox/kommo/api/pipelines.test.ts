import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected } from "../test-kit.ts";

let acme: Connected;
beforeEach(async () => {
  acme = await connected();
});
afterEach(() => acme.kommo.stop());

const statusesOf = async (pipeline: number) =>
  (await acme.api("GET", `/leads/pipelines/${pipeline}/statuses`)).body._embedded.statuses;

it("has won and lost as 142 and 143 of type 0 in every pipeline, and one incoming stage of type 1", async () => {
  const wish = {
    name: "Second",
    sort: 2,
    is_main: false,
    is_unsorted_on: true,
    _embedded: { statuses: [{ name: "One" }, { id: 142, name: "Hooray" }] },
  };
  const { body } = await acme.api("POST", "/leads/pipelines", [wish]);
  const [made] = body._embedded.pipelines;
  for (const pipeline of [acme.pipeline, made.id]) {
    const statuses = await statusesOf(pipeline);
    expect(statuses.filter((one: { type: number }) => one.type === 1)).toHaveLength(1);
    expect(statuses.filter((one: { id: number }) => one.id === 142 || one.id === 143)).toMatchObject([
      { id: 142, type: 0, is_editable: false },
      { id: 143, type: 0, is_editable: false },
    ]);
  }
  expect((await statusesOf(made.id)).find((one: { id: number }) => one.id === 142).name).toBe("Hooray");
});

it("needs name, sort, is_main and is_unsorted_on", async () => {
  const { body } = await acme.api("POST", "/leads/pipelines", [{ name: "x" }]);
  expect(
    body["validation-errors"][0].errors.map((one: { code: string; path: string }) => [one.code, one.path]),
  ).toEqual([
    ["FieldMissing", "sort"],
    ["FieldMissing", "is_main"],
    ["FieldMissing", "is_unsorted_on"],
  ]);
});

it("renumbers stages, takes the allowed colours only, and moves the leads of a deleted stage to the first one", async () => {
  const path = `/leads/pipelines/${acme.pipeline}/statuses`;
  expect((await acme.api("POST", path, [{ name: "Check", sort: 35, color: "#123456" }])).status).toBe(400);
  const { body } = await acme.api("POST", path, [{ name: "Check", sort: 35, color: "#fffeb2" }]);
  const [made] = body._embedded.statuses;
  expect(made.sort % 10).toBe(0);
  const { id } = acme.kommo.control.leads.create({ status_id: made.id });
  expect((await acme.api("PATCH", `${path}/${made.id}`, { name: "Checked" })).body.name).toBe("Checked");
  expect((await acme.api("DELETE", `${path}/${made.id}`)).status).toBe(204);
  expect(acme.kommo.control.leads.read({ ids: [id] })[0]!.status_id).toBe(acme.stages[1]);
  expect((await acme.api("DELETE", `${path}/142`)).status).toBe(400);
});

it("shows one pipeline as an object, or as a list as a switch", async () => {
  const get = async () => (await acme.api("GET", `/leads/pipelines/${acme.pipeline}`)).body;
  expect((await get()).id).toBe(acme.pipeline);
  acme.kommo.control.switches.set({ pipelineById: "list" });
  expect((await get())._embedded.pipelines[0].id).toBe(acme.pipeline);
});

it("is everybody's to read and an administrator's to change", async () => {
  const asRep = { "x-context-user-id": String(acme.rep) };
  expect((await acme.api("GET", "/leads/pipelines", undefined, asRep)).status).toBe(200);
  expect((await acme.api("PATCH", `/leads/pipelines/${acme.pipeline}`, { name: "x" }, asRep)).status).toBe(403);
});
