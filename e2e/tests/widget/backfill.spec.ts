import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT } from "../kit/leads.ts";

test("existing leads are counted, judged, paused and gone on with, across a reload", async ({
  product,
  account,
  settings,
}) => {
  const { control } = product.kommo;
  await product.change(account, {
    triggers: { onCreation: false, onFirstMessage: false, onContentChange: false },
  });
  const leads = Array.from({ length: 30 }, (_, number) => ({
    ...HOT,
    name: `Lead ${number}`,
    contact: { name: `Ana ${number}` },
  }));
  await control.leads.createMany({ account: account.id, leads });
  product.openai.control.set({ latencyMs: 400 });
  await settings.open("backfill");
  await settings.button("Count leads and cost").click();
  await expect(settings.root).toContainText("Expected cost", { timeout: 15_000 });
  await settings.button("Start (30)").click();
  await expect(settings.root).toContainText("Cost so far");
  await settings.open("backfill");
  await settings.button("Pause").click();
  await expect(settings.button("Go on")).toBeVisible();
  await settings.open("backfill");
  product.openai.control.set({ latencyMs: 0 });
  await settings.button("Go on").click();
  await expect(settings.box("Earlier backfills")).toContainText("30 of 30", { timeout: 25_000 });
  await expect
    .poll(() => control.leads.read({ account: account.id }).filter(({ tags }) => tags.length > 0).length, {
      timeout: 15_000,
    })
    .toBe(30);
});

test.afterEach(({ product }) => product.openai.control.set({ latencyMs: 0 }));
