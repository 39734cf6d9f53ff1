import { expect } from "@playwright/test";
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import { holdAtSecondStage, pipelineOf } from "../kit/gated.ts";
import { screenshot } from "../kit/screenshot.ts";

test("a role is added, renamed and removed, and one that a gate names stays", async ({
  product,
  account,
  settings,
}) => {
  await holdAtSecondStage(product, account);
  await settings.open("committee");
  const roles = settings.box("Roles in a purchase");
  await roles.getByText("Lawyer").click();
  await expect(roles).toContainText("It is named in gates.");
  await settings.button("Add a role").click();
  await roles.getByLabel("Name of the role").last().fill("Procurement");
  await roles.getByLabel("Weight, 0–100").last().fill("250");
  await settings.button("Save").click();
  await expect(roles).toContainText("May be at most 100.");
  await roles.getByLabel("Weight, 0–100").last().fill("55");
  await roles.getByText("Influencer").click();
  await roles.getByRole("button", { name: "Remove this role: Influencer" }).click();
  await settings.button("Save").click();
  await expect(settings.root.getByRole("status")).toHaveText("Saved");
  const { ask } = await product.api(account);
  const stored = JSON.stringify(await ask("GET", "/api/settings"));
  expect(stored).toContain('"name":"Procurement","weight":55');
  expect(stored).not.toContain("Influencer");
});

test("days of silence, the list and the numeric fields are set", async ({ product, account, settings }) => {
  product.kommo.control.fields.create({
    account: account.id,
    entity: "contacts",
    name: "Influence",
    type: "numeric",
  });
  await settings.open("committee");
  await settings.root.getByLabel("Somebody is silent after days").fill("");
  await settings.button("Save").click();
  await expect(settings.root.getByRole("alert").first()).toBeVisible();
  await settings.root.getByLabel("Somebody is silent after days").fill("7");
  await settings.root.getByRole("switch").check();
  await settings.root.getByLabel("Write the weight into").selectOption("Influence");
  await settings.button("Save").click();
  await expect(settings.root.getByRole("status")).toHaveText("Saved");
  const { ask } = await product.api(account);
  const { settings: stored } = (await ask("GET", "/api/settings")) as { settings: { committee: object } };
  expect(stored.committee).toMatchObject({ silentDays: 7, mirrorList: true, weightFieldId: expect.any(Number) });
});

test("the rules of a stage are set by ticking, and read as a sentence", async ({ product, account, settings }) => {
  const pipeline = await pipelineOf(product, account);
  const [, second] = pipeline.stages;
  await settings.open("gates");
  const box = settings.box(pipeline.name);
  await box.getByRole("switch").check();
  const stage = box.getByRole("group").filter({ hasText: second!.name }).first();
  await expect(stage).toContainText("anybody may move deals here");
  await stage.locator("summary").first().click();
  await stage.getByLabel("Part of the purchase").selectOption("Legal review");
  await stage.getByLabel("Decision maker: Must be there").check();
  await stage.getByLabel("Lawyer: Must have approved").check();
  await stage.getByLabel("Coverage of the roles, at least %").fill("60");
  await expect(stage).toContainText(
    "Legal review · needs Decision maker in the deal; approval of Lawyer; 60% coverage",
  );
  await box.getByText("Order of stages, and who may let deals through").click();
  await box.getByLabel("No stage may be skipped").check();
  await box.getByLabel("Robin Sales").check();
  for (const theme of ["dark", "light"] as const) {
    await settings.host.setTheme(theme);
    await screenshot(box, `gates-rule-${theme}`);
    await expectAccessible(settings.host.page, ".dealscope-root");
  }
  await settings.button("Save").click();
  await expect(settings.root.getByRole("status")).toHaveText("Saved");
  const { ask } = await product.api(account);
  const { settings: stored } = (await ask("GET", "/api/settings")) as { settings: { gates: object } };
  expect(stored.gates).toMatchObject({
    pipelines: [
      {
        ...{ pipelineId: pipeline.id, isOn: true, noSkipping: true, overrulerIds: [account.users[1]!.id] },
        stages: [
          {
            ...{ statusId: second!.id, buyingStage: "legal_review", minCoverage: 60 },
            ...{ requiredRoles: ["decision_maker"], requiredApprovals: ["lawyer"] },
          },
        ],
      },
    ],
  });
});

test("rules that hold nobody say so: in a dry run, and where their pipeline is not switched on", async ({
  product,
  account,
  settings,
}) => {
  const { pipeline } = await holdAtSecondStage(product, account);
  await product.change(account, { dryRun: true });
  await settings.open("gates");
  await expect(settings.root).toContainText("Dry run is on: no deal is held");
  const box = settings.box(pipeline.name);
  await box.getByRole("switch").uncheck();
  await expect(box).toContainText("Not in force: switch it on above.");
  await settings.root.getByRole("link", { name: "Setup" }).last().click();
  await expect(settings.root).toContainText("verdicts and moves are not written into Kommo");
});

test("rules that contradict themselves are told where they stand", async ({ product, account, settings }) => {
  const { pipeline, second } = await holdAtSecondStage(product, account, { rule: { requiredApprovals: [] } });
  await settings.open("gates");
  const stage = settings.box(pipeline.name).getByRole("group").filter({ hasText: second.name }).first();
  await stage.locator("summary").first().click();
  await stage.getByLabel("Coverage of the roles, at least %").fill("50");
  await expect(stage).toContainText("Tick at least one role that it is counted over.");
  await settings.root.getByLabel("Tell somebody else after hours").fill("3");
  await expect(settings.root).toContainText("Must be more hours than the reminder.");
  await settings.button("Save").click();
  await expect(settings.root.getByRole("alert").first()).toBeVisible();
  await expect(stage.getByLabel("Coverage of the roles, at least %")).toHaveValue("50");
});

test("what Kommo has lost is marked in the rule that needs it, and taken out", async ({
  product,
  account,
  settings,
}) => {
  const { control } = product.kommo;
  const field = control.fields.create({ account: account.id, name: "Contract number", type: "text" });
  const { pipeline, second } = await holdAtSecondStage(product, account, { rule: { requiredFieldIds: [field.id] } });
  control.fields.remove({ account: account.id, id: field.id });
  await expect(async () => {
    await settings.open("gates");
    await expect(settings.root).toContainText("Broken rule", { timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  const stage = settings.box(pipeline.name).getByRole("group").filter({ hasText: second.name }).first();
  await stage.locator("summary").first().click();
  await expect(stage).toContainText(`The field ${field.id} is gone.`);
  await settings.button("Take out what is gone").click();
  await settings.button("Save").click();
  await expect(settings.root.getByRole("status")).toHaveText("Saved");
  await expect(settings.root).not.toContainText("Broken rule");
});

test("a pipeline of the buying stages is made, and its stages are mapped", async ({ settings }) => {
  await settings.open("gates");
  await settings.button("Make such a pipeline").click();
  const box = settings.box("Buying committee");
  await expect(box).toBeVisible({ timeout: 20_000 });
  await settings.button("Map its stages").click();
  await expect(box).toContainText("Budget approval · anybody may move deals here");
  await settings.button("Save").click();
  await expect(settings.root.getByText("Saved", { exact: true })).toBeVisible();
});

test("two administrators who change the rules at once are told, and what was typed stays", async ({
  product,
  account,
  settings,
}) => {
  const pipeline = await pipelineOf(product, account);
  await settings.open("gates");
  const reminder = settings.root.getByLabel("Remind the responsible after hours");
  await reminder.fill("5");
  await product.change(account, { gates: { pipelines: [{ pipelineId: pipeline.id, noMovingBack: true }] } });
  await settings.button("Save").click();
  await expect(settings.root).toContainText("Somebody else saved this meanwhile");
  await settings.host.page.reload();
  await expect(reminder).toHaveValue("5");
});

test("an action in the Digital Pipeline is set up on our screen, and Kommo keeps the account's key with it", async ({
  product,
  account,
  visit,
}) => {
  const { control } = product.kommo;
  const pipeline = await pipelineOf(product, account);
  const [, second] = pipeline.stages;
  const host = visit(account);
  await host.open(`/settings/pipeline/leads/${pipeline.id}`);
  const column = host.page.locator(`[data-stage="${second!.id}"]`);
  await column.getByRole("button", { name: /^Add / }).click();
  const form = host.page.getByRole("dialog");
  await expect(form).toContainText("Ready. Save it with Kommo’s button below.");
  await expect(form.locator("input[name=key]")).toBeHidden();
  await form.getByRole("radio", { name: "Qualify this lead" }).check({ force: true });
  for (const theme of ["light", "dark"] as const) {
    await host.setTheme(theme);
    await screenshot(host.page, `digital-pipeline-${theme}`);
    await expectAccessible(host.page, ".dealscope-root");
  }
  await form.getByRole("button", { name: "Done" }).click();
  await expect(column).toContainText("qualify");
  const [action] = control.digitalPipeline.list({ account: account.id });
  expect(action).toMatchObject({
    url: `${product.serverUrl}/hooks/kommo/dp`,
    settings: { action: "qualify", key: expect.stringMatching(/^[\w-]{43}$/) },
  });
  expect(await host.recorded("violations")).toEqual([]);
  expect(await host.recorded("errors")).toEqual([]);
  await product.change(account, { triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
  const { id } = control.leads.create({
    account: account.id,
    name: "Called",
    note: "We need 40 seats. The budget is approved and I decide.",
    pipeline_id: pipeline.id,
    status_id: second!.id,
  });
  await expect
    .poll(() => control.leads.read({ account: account.id, ids: [id] })[0]!.tags, { timeout: 20_000 })
    .toContainEqual(expect.stringMatching(/^dealscope:/));
});

test("who is no administrator cannot set up an action, and is told", async ({ product, account, visit }) => {
  const pipeline = await pipelineOf(product, account);
  const host = visit(account);
  await host.signIn(account.users[1]!.id);
  await host.open(`/settings/pipeline/leads/${pipeline.id}`);
  await host.page.getByRole("button", { name: /^Add / }).first().click();
  await expect(host.page.getByRole("dialog")).toContainText("Only an administrator whom Dealscope knows");
});
