import { expect } from "@playwright/test";
import { test } from "../kit/dealscope.ts";
import { HOT, VAGUE, WARM } from "../kit/leads.ts";

test("a lead comes in, and its card fills by itself while somebody looks at it", async ({
  product,
  account,
  openCard,
}) => {
  const card = await openCard(HOT);
  await expect(card.part("Verdict")).toContainText("Hot");
  await expect(card.part("Verdict")).toContainText("criteria v1");
  await expect(card.part("History").locator("li")).toHaveCount(1);
  const [lead] = product.kommo.control.leads.read({ account: account.id, ids: [card.leadId] });
  expect(lead!.tags).toContain("dealscope:hot");
  expect(await card.host.recorded("violations")).toEqual([]);
  expect(await card.host.recorded("errors")).toEqual([]);
  expect(await card.host.recorded("authorizedAjax")).toHaveLength(1);
});

test("a reason shows the words it stands on, and a click where they stand", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const reason = card.part("Why").getByRole("listitem").filter({ hasText: "Budget" }).first();
  await expect(reason).toContainText("The budget is approved");
  await reason.getByRole("button").click();
  await expect(reason.getByRole("button")).toHaveAttribute("aria-expanded", "true");
  await expect(reason).toContainText("Note by Kim Vale");
});

test("not enough to judge says so and offers the one question to ask", async ({ openCard }) => {
  const card = await (await openCard(VAGUE)).judged();
  await expect(card.part("Verdict")).toContainText("Not enough to judge");
  await expect(card.part("Verdict").getByText("Ask this")).toBeVisible();
  await expect(card.part("Why").getByText("Ask this")).toHaveCount(0);
  await card.host.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await card.button("Copy").click();
  await expect(card.root.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
});

test("the next step becomes a task in Kommo with one click", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await card.button("Make it a task").click();
  await expect(card.host.page.locator(".feed__task")).toHaveCount(1);
  await expect(card.button("Make it a task")).toHaveCount(0);
  await expect.poll(() => card.host.recorded("notifications")).toHaveLength(1);
});

test("re-qualify judges anew and tells what changed", async ({ product, account, openCard }) => {
  await product.change(account, { triggers: { onContentChange: false, onFirstMessage: false } });
  const card = await (await openCard(WARM)).judged();
  product.kommo.control.leads.addNote({
    account: account.id,
    id: card.leadId,
    text: "On the phone: the budget is approved and she decides herself. They want to start this week.",
  });
  await card.button("Re-qualify").click();
  const change = card.part("Act").getByText("What changed").locator("..");
  await expect(change).toContainText("→", { timeout: 15_000 });
  await expect(card.part("History").locator("li").nth(1)).toBeVisible();
});

test("an override locks the lead, shows what the model thinks meanwhile, and is cleared", async ({
  product,
  account,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  const read = () => product.kommo.control.leads.read({ account: account.id, ids: [card.leadId] })[0]!;
  await card.button("Override").click();
  await card.button("Save").click();
  await expect(card.part("Act").getByRole("alert").first()).toBeVisible();
  await card.part("Act").getByRole("radio", { name: "Cold" }).check({ force: true });
  await card.root.getByLabel("Reason").fill("They have postponed it to next year.");
  await card.button("Save").click();
  await expect(card.part("Verdict")).toContainText("Set by Kim Vale");
  await expect(card.part("Verdict")).toContainText("They have postponed it to next year.");
  await expect(card.part("Verdict")).toContainText("The model says");
  await expect(card.part("History").locator("li").first()).toContainText("They have postponed it to next year.");
  await expect.poll(() => read().tags).toContain("dealscope:cold");
  await card.button("Clear override").click();
  await expect(card.part("Verdict")).not.toContainText("Set by Kim Vale");
  await expect.poll(() => read().tags).toContain("dealscope:hot");
});

test("the best open leads of the rep are one click away", async ({ product, account, openCard, visit }) => {
  const first = await (await openCard(HOT)).judged();
  const second = await (await openCard(WARM)).judged();
  await expect(second.part("Next in your queue").getByRole("link")).toContainText(HOT.name!);
  await second.part("Verdict").getByRole("link", { name: HOT.name! }).click();
  await expect(visit(account).page).toHaveURL(new RegExp(`/leads/detail/${first.leadId}$`));
  await expect(visit(account).box(product.widgetCode)).toContainText("Hot");
});
