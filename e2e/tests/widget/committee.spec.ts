import { expect } from "@playwright/test";
import { CROWDED, drawCommittee } from "../kit/committee.ts";
import { test } from "../kit/dealscope.ts";
import { holdAtSecondStage } from "../kit/gated.ts";
import { HostPage } from "../kit/host-page.ts";
import { LeadCard } from "../kit/lead-card.ts";
import { HOT } from "../kit/leads.ts";

const SCRIPT = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"'&{{7*7}}`;

const roleOf = (card: LeadCard, name: string) => card.part("Committee").getByLabel(`Role of ${name}`);

test("a rep says who plays which part and who has approved, and a reload still knows it", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const panel = card.part("Committee");
  await expect(panel).toContainText("No decision maker");
  await roleOf(card, "Ana Reyes").selectOption("Decision maker");
  await expect(panel).not.toContainText("No decision maker");
  await panel.getByRole("button", { name: "Pending: Ana Reyes" }).click();
  await panel.getByRole("radio", { name: "Approved" }).check({ force: true });
  await panel.getByLabel("Note, if you like").fill("On the phone");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(panel.getByRole("button", { name: "Approved: Ana Reyes" })).toBeFocused();
  await card.host.open(`/leads/detail/${card.leadId}`);
  await expect(roleOf(card, "Ana Reyes").locator("option:checked")).toHaveText("Decision maker");
  await panel.getByRole("button", { name: "Approved: Ana Reyes" }).click();
  await expect(panel).toContainText("Set by Kim Vale");
  await expect(panel.getByLabel("Note, if you like")).toHaveValue("On the phone");
});

test("somebody weighs in a deal what a rep says, and else what his role weighs", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const panel = card.part("Committee");
  const sign = panel.getByRole("button", { name: "Pending: Ana Reyes" });
  const weight = panel.getByLabel("Weight in this deal, 0–100");
  const save = panel.getByRole("button", { name: "Save", exact: true });
  await roleOf(card, "Ana Reyes").selectOption("Lawyer");
  await sign.click();
  await expect(weight).toHaveAttribute("placeholder", "60, as the role");
  await weight.fill("101");
  await save.click();
  await expect(panel.getByRole("alert")).toContainText("A whole number from 0 to 100");
  await weight.fill("85");
  await save.click();
  await expect(sign).toBeFocused();
  await card.host.open(`/leads/detail/${card.leadId}`);
  await sign.click();
  await expect(weight).toHaveValue("85");
  // Of his approval nothing was said.
  await expect(panel).not.toContainText("Set by");
  await weight.fill("");
  await panel.getByRole("radio", { name: "Approved" }).check({ force: true });
  await save.click();
  await panel.getByRole("button", { name: "Approved: Ana Reyes" }).click();
  await expect(panel).toContainText("Set by Kim Vale");
  await expect(weight).toHaveValue("");
});

test("an objection is written down, answered, opened again and dismissed", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const panel = card.part("Committee");
  await panel.getByRole("button", { name: "Add an objection" }).click();
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(panel.getByRole("alert")).toContainText("Say in a few words");
  await panel.getByLabel("What they object").fill("Too expensive");
  await panel.getByRole("radio", { name: "heavy" }).check({ force: true });
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  const row = panel.getByRole("listitem").filter({ hasText: "Too expensive" });
  await expect(row).toContainText("Ana Reyes");
  await row.getByRole("button", { name: "Answered: Too expensive" }).click();
  await panel.getByText("Answered (1)").click();
  await row.getByRole("button", { name: "Open again: Too expensive" }).click();
  await row.getByRole("button", { name: "Dismiss: Too expensive" }).click();
  await expect(row).toHaveCount(0);
  await card.host.open(`/leads/detail/${card.leadId}`);
  await expect(panel).toContainText("Ana Reyes");
  await expect(panel).not.toContainText("Too expensive");
});

test("somebody whom Kommo knows is found and added, and only who is unknown is created", async ({
  product,
  account,
  openCard,
}) => {
  const { control } = product.kommo;
  control.contacts.create({ account: account.id, name: "Marta Ruiz" });
  const card = await (await openCard(HOT)).judged();
  const panel = card.part("Committee");
  await panel.getByRole("button", { name: "Add a person" }).click();
  const search = panel.getByLabel("Look in Kommo first");
  await search.fill("Marta");
  await search.press("Enter");
  await panel.getByLabel("Role in this deal").selectOption("Lawyer");
  await panel.getByRole("button", { name: "Add: Marta Ruiz" }).click();
  await expect(roleOf(card, "Marta Ruiz").locator("option:checked")).toHaveText("Lawyer");
  await panel.getByRole("button", { name: "Add a person" }).click();
  await search.fill("lena@recht.example");
  await search.press("Enter");
  await expect(panel).toContainText("Kommo knows nobody like that.");
  await panel.getByRole("button", { name: "Create a new contact" }).click();
  await expect(panel.getByLabel("E-mail")).toHaveValue("lena@recht.example");
  await panel.getByLabel("Name").fill("Lena Recht");
  await panel.getByLabel("Phone").fill("12");
  await panel.getByRole("button", { name: "Create and add" }).click();
  await expect(panel).toContainText("This is no phone number.");
  await expect(panel).not.toContainText("is being added");
  await panel.getByLabel("Phone").fill("");
  await panel.getByRole("button", { name: "Create and add" }).click();
  await expect(panel).toContainText("Lena Recht is being added");
  await expect(roleOf(card, "Lena Recht")).toBeVisible();
  const [lead] = control.leads.read({ account: account.id, ids: [card.leadId] });
  expect(lead!.contacts).toHaveLength(3);
});

test("a role that somebody's words speak for is offered with these words, and taken by a person only", async ({
  product,
  account,
  openCard,
}) => {
  const card = await (await openCard(HOT)).judged();
  product.kommo.control.chats.message({
    account: account.id,
    lead_id: card.leadId,
    text: "I am the one who decides about this purchase.",
  });
  const panel = card.part("Committee");
  await expect(async () => {
    await card.host.open(`/leads/detail/${card.leadId}`);
    await expect(panel).toContainText("Perhaps Decision maker?", { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await expect(panel).toContainText("decides about this purchase");
  await expect(roleOf(card, "Ana Reyes").locator("option:checked")).toHaveText("No role");
  await panel.getByRole("button", { name: "Take: Decision maker" }).click();
  await expect(roleOf(card, "Ana Reyes").locator("option:checked")).toHaveText("Decision maker");
  await expect(panel).not.toContainText("Perhaps");
});

test("a deal that is held shows what it waits for, and the approval by somebody else lets it go on", async ({
  product,
  account,
  openCard,
  browser,
}) => {
  const { control } = product.kommo;
  const { pipeline, first, second } = await holdAtSecondStage(product, account);
  const card = await (await openCard({ ...HOT, status_id: first.id, pipeline_id: pipeline.id })).judged();
  const stage = () => control.leads.read({ account: account.id, ids: [card.leadId] })[0]!.status_id;
  await roleOf(card, "Ana Reyes").selectOption("Lawyer");
  await expect(card.part("Committee")).not.toContainText("Missing: Lawyer");
  control.leads.move({ account: account.id, id: card.leadId, status_id: second.id });
  await expect.poll(stage).toBe(first.id);
  await card.host.open(`/leads/detail/${card.leadId}`);
  const hold = card.part("Committee").getByRole("region", { name: "What holds the deal" });
  await expect(hold).toContainText(`Held before “${second.name}”`);
  await expect(hold).toContainText("Ana Reyes (Lawyer) has not approved yet");
  await expect(hold.getByRole("button", { name: "Let through" })).toBeVisible();
  await card.root.getByRole("button", { name: "See what is missing" }).click();
  await expect(hold).toBeInViewport();

  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const host = new HostPage(await context.newPage(), card.host.origin);
  await host.signIn(account.users[1]!.id);
  await host.open(`/leads/detail/${card.leadId}`);
  const colleague = new LeadCard(host, product.widgetCode, card.leadId);
  const theirs = colleague.part("Committee");
  await expect(theirs.getByRole("button", { name: "Let through" })).toHaveCount(0);
  await theirs.getByRole("button", { name: "Approve: Ana Reyes" }).click();
  await expect(theirs).toContainText("the deal moves on by itself");
  // The button is gone, and the keyboard is not lost with it.
  await expect(theirs.locator(".dsc-people")).toBeFocused();
  await expect.poll(stage).toBe(second.id);
  await expect(hold).toHaveCount(0);
  await context.close();
});

test("an administrator lets a deal through against its rules, in two steps", async ({ product, account, openCard }) => {
  const { control } = product.kommo;
  const { pipeline, first, second } = await holdAtSecondStage(product, account);
  const card = await (await openCard({ ...HOT, status_id: first.id, pipeline_id: pipeline.id })).judged();
  const stage = () => control.leads.read({ account: account.id, ids: [card.leadId] })[0]!.status_id;
  control.leads.move({ account: account.id, id: card.leadId, status_id: second.id });
  await expect.poll(stage).toBe(first.id);
  await card.host.open(`/leads/detail/${card.leadId}`);
  const panel = card.part("Committee");
  await expect(panel).toContainText("No Lawyer yet, who must approve");
  await panel.getByRole("button", { name: "Let through" }).click();
  await panel.getByRole("button", { name: "Let it through" }).click();
  await expect(panel).not.toContainText("Held before");
  await expect.poll(stage).toBe(second.id);
});

test("a deal that was let through says by whom until it has arrived", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const hold = { ...CROWDED.hold!, missing: [], refusal: null, overruledBy: "Maya Sol" };
  await drawCommittee(card, product.serverUrl, { ...CROWDED, hold });
  const panel = card.part("Committee").getByRole("region", { name: "What holds the deal" });
  await expect(panel).toContainText("Let through by Maya Sol; it moves on.");
  await expect(panel).not.toContainText("Nothing is missing any more");
  await expect(card.root.getByRole("button", { name: "See what is missing" })).toHaveCount(0);
});

test("what is refused is put back as it was, and why is said", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await card.host.page.route(`${product.serverUrl}/api/leads/*/committee/**`, (route) => route.abort());
  await roleOf(card, "Ana Reyes").selectOption("Lawyer");
  await expect(card.part("Committee").getByRole("alert")).toContainText("Dealscope does not answer right now.");
  await expect(roleOf(card, "Ana Reyes").locator("option:checked")).toHaveText("No role");
});

test("while the card loads the committee has its place already", async ({ product, openCard }) => {
  const wait = Promise.withResolvers<void>();
  const card = await (await openCard(HOT)).judged();
  await card.host.page.route(`${product.serverUrl}/api/leads/*/card`, async (route) => {
    await wait.promise;
    await route.continue();
  });
  await card.host.open(`/leads/detail/${card.leadId}`);
  const panel = card.part("Committee");
  await expect(panel).toHaveAttribute("aria-busy", "true");
  const before = (await panel.boundingBox())!.height;
  wait.resolve();
  await expect(panel).toContainText("Ana Reyes");
  // By a line or two, for nobody knows how many people there will be.
  expect(Math.abs((await panel.boundingBox())!.height - before)).toBeLessThan(60);
});

test("a deal without people says so, and what cannot be drawn breaks nothing else", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const nobody = { ...CROWDED, members: [], objections: [], joining: [], hold: null, standstill: null, marks: [] };
  await drawCommittee(card, product.serverUrl, { ...nobody, coverage: null });
  await expect(card.part("Committee")).toContainText("Nobody is in this deal yet.");
  await drawCommittee(card, product.serverUrl, { ...CROWDED, members: null as never });
  await expect(card.part("Committee")).toContainText("This part cannot be shown.");
  await expect(card.part("Verdict")).toContainText("Hot");
});

test("names, quotes and notes that are scripts are shown as text", async ({ product, openCard }) => {
  const card = await (await openCard(HOT)).judged();
  await drawCommittee(card, product.serverUrl, withScripts(CROWDED));
  const panel = card.part("Committee");
  await expect(panel).toContainText(`Ana Reyes${SCRIPT}`);
  await expect(panel).toContainText(`sign it off.${SCRIPT}`);
  await expect(panel).toContainText(`Contract signed${SCRIPT}`);
  await expect(panel).toContainText(`Costs more than what we have${SCRIPT}`);
  expect(await card.host.page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  await expect(card.host.page.locator("img[src=x], [onerror]")).toHaveCount(0);
});

test.describe("with a rep who may look at all leads and change his own", () => {
  test.use({ repRights: { view: "A", edit: "M" } });

  test("who may only look sees the committee and can change nothing of it", async ({ product, account, openCard }) => {
    const card = await (await openCard(HOT)).judged();
    await card.host.signIn(account.users[1]!.id);
    await drawCommittee(card, product.serverUrl, {
      ...CROWDED,
      hold: { ...CROWDED.hold!, mayOverrule: false },
    });
    const panel = card.part("Committee");
    await expect(panel).toContainText("Held before");
    await expect(panel.locator("select, button, input, textarea")).toHaveCount(0);
  });
});

test("with the keyboard alone a role is set and an approval given", async ({ openCard }) => {
  const card = await (await openCard(HOT)).judged();
  const { keyboard } = card.host.page;
  await roleOf(card, "Ana Reyes").focus();
  await keyboard.press("ArrowDown");
  await expect(roleOf(card, "Ana Reyes").locator("option:checked")).toHaveText("Decision maker");
  const sign = card.part("Committee").getByRole("button", { name: "Pending: Ana Reyes" });
  await keyboard.press("Shift+Tab");
  await expect(sign).toBeFocused();
  await keyboard.press("Enter");
  await card.part("Committee").getByRole("radio", { name: "Pending" }).focus();
  await keyboard.press("ArrowDown");
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(card.part("Committee").getByRole("button", { name: "Approved: Ana Reyes" })).toBeFocused();
});

/** The same answer with a script behind every text that somebody may have written. */
function withScripts<Value>(value: Value, key = ""): Value {
  const written = ["name", "quote", "text", "approvalNote", "approvalBy"];
  if (typeof value === "string") return (written.includes(key) ? value + SCRIPT : value) as Value;
  if (Array.isArray(value)) return value.map((one) => withScripts(one, key)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withScripts(one, name)])) as Value;
}
