import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT, WARM } from "../kit/leads.ts";

test("the first steps lead from pipelines to the first verdict in Kommo, and go on after a reload", async ({
  product,
  account,
  settings,
}) => {
  const { control } = product.kommo;
  for (const lead of [HOT, WARM]) control.leads.create({ account: account.id, ...lead });
  await settings.open("setup");
  const path = settings.box("First steps");
  await path.getByRole("button", { name: "Pause writing and continue" }).click();
  await expect(path.getByRole("button", { name: "Describe your ideal customer" })).toHaveAttribute(
    "aria-expanded",
    "true",
  );

  await settings.open("setup");
  await path.getByLabel("Start from a sample for your industry").selectOption({ label: "Health and clinics" });
  await expect(path.getByLabel("Ideal customer")).not.toHaveValue("");
  await path.getByRole("button", { name: "Continue", exact: true }).click();
  await path.getByRole("button", { name: "Score my last 10 leads", exact: true }).click();
  await expect(path.getByRole("row")).toHaveCount(3);
  await expect(path.getByRole("table")).toContainText("Hot", { timeout: 15_000 });
  await path.getByRole("button", { name: "Continue", exact: true }).click({ timeout: 15_000 });
  await path.getByRole("group").getByRole("button", { name: "Switch on" }).click();
  await expect(path).toHaveCount(0);

  const { id } = control.leads.create({
    account: account.id,
    ...HOT,
    contact: { name: "Ben Ode", email: "ben@ode.example" },
  });
  const read = () => control.leads.read({ account: account.id, ids: [id] })[0]!.tags;
  await expect.poll(read, { timeout: 15_000 }).toContain("dealscope:hot");
});

test("an account that writes already may go through the first steps without a pause", async ({ settings }) => {
  await settings.open("setup");
  const path = settings.box("First steps");
  await expect(path).toContainText("It can go on, or pause until the last step");
  await path.getByRole("button", { name: "Keep writing and continue" }).click();
  await expect(path.getByLabel("Ideal customer")).toBeVisible();
  await expect(settings.root.getByLabel("Write no verdicts and no moves into Kommo")).not.toBeChecked();
});

test("what is broken is named, and mended with one button", async ({ product, account, settings }) => {
  product.kommo.control.fields.remove({ account: account.id, id: "DEALSCOPE_SCORE" });
  await settings.open("setup");
  const checks = settings.box("Is everything working?");
  await checks.getByRole("button", { name: "Check everything again" }).click();
  const codes = () => product.kommo.control.fields.list({ account: account.id }).map(({ code }) => code);
  await expect.poll(codes, { timeout: 15_000 }).toContain("DEALSCOPE_SCORE");
  await expect(checks).toContainText("All 4 fields are there and of the right type.");
});

test("the model's key is tested on demand", async ({ settings }) => {
  await settings.open("setup");
  await settings.button("Test now").click();
  await expect(settings.box("Is everything working?")).toContainText("It works: answered in");
});

test("dry run is switched on for everybody", async ({ product, account, settings, openCard }) => {
  await settings.open("setup");
  await settings.root.getByLabel("Write no verdicts and no moves into Kommo").click({ force: true });
  await expect(settings.root).toContainText("Dry run is on: verdicts and moves are not written into Kommo");
  await expect
    .poll(async () => JSON.stringify(await (await product.api(account)).ask("GET", "/api/settings")))
    .toContain('"dryRun":true');
  const card = await openCard(HOT);
  await expect(card.root).toContainText("Dry run: nothing is written into Kommo.");
});
