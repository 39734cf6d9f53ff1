import { expect, type Page } from "@playwright/test";
import { writeOnMoves } from "../../demo/mails.ts";
import { test as base } from "../kit/dealscope.ts";
import { LeadCard } from "../kit/lead-card.ts";
import { HOT } from "../kit/leads.ts";
import { MailPage } from "../kit/mail-page.ts";
import type { Account } from "../kit/product.ts";
import { screenshot } from "../kit/screenshot.ts";

const ANA = "ana@reyes.example";
const SUBJECT = "What comes next";

interface Stage {
  /** Ana's deal on the board, in an account whose campaign writes when a deal moves. */
  deal: { id: number; from: string; to: { id: number; name: string } };
  /** Customer.io's page, in a tab of its own, looking at Ana. */
  ana: MailPage;
  /** What Kommo has of the deal. */
  inKommo(): { tasks: string[]; notes: string[] };
}

const test = base.extend<Stage>({
  deal: async ({ product, account }, use) => {
    const { control } = product.customerIo;
    writeOnMoves(control, await product.connectMails(account));
    const [from, to] = stagesOf(account);
    const { id } = product.kommo.control.leads.create({ account: account.id, ...HOT, status_id: from!.id });
    await use({ id, from: from!.name, to: to! });
  },
  ana: async ({ context, product, account, deal: _ }, use) => {
    const page: Page = await context.newPage();
    const workspace = product.customerIo.control.workspaces.list({}).find(({ name }) => name === account.subdomain)!;
    const mails = new MailPage(page, product.customerIo.origins.us);
    await mails.openPerson(ANA, workspace.id);
    await use(mails);
  },
  inKommo: async ({ product, account, deal }, use) => {
    await use(() => {
      const { tasks, notes } = product.kommo.control.leads.read({ account: account.id, ids: [deal.id] })[0]!;
      return { tasks: tasks.map(({ text }) => text), notes: notes.map(({ params }) => String(params.text ?? "")) };
    });
  },
});

test("a deal is dragged, its client opens the campaign's mail three times, and the call task says why", async ({
  product,
  account,
  deal,
  ana,
  visit,
  inKommo,
}) => {
  test.setTimeout(150_000);
  await expect(ana.part("Attributes")).toContainText(deal.from);
  const board = visit(account);
  await board.open("/leads/pipeline/");
  await board.page.locator(`[data-lead="${deal.id}"]`).dragTo(board.page.locator(`[data-stage="${deal.to.id}"]`));
  await expect(ana.part("Attributes")).toContainText(deal.to.name);
  await expect(ana.part("Events received")).toContainText("deal_stage_changed");

  const mail = ana.mail(SUBJECT);
  await expect(mail).toContainText("started by deal_stage_changed");
  for (let times = 0; times < 3; times++) await mail.getByRole("button", { name: "Open", exact: true }).click();

  await board.go(`/leads/detail/${deal.id}`);
  const task = board.page.locator(".feed__task").filter({ hasText: "Ana Reyes" });
  await expect(task).toContainText("3×");
  await expect(task).toContainText(SUBJECT);
  const card = new LeadCard(board, product.widgetCode, deal.id);
  const engagement = card.part("Engagement");
  await expect(engagement).toContainText("3 opens in 48 h");
  await engagement.getByRole("button", { name: "Show more" }).click();
  await expect(engagement.getByText("Opened", { exact: true })).toHaveCount(3);
  await expect(engagement).toContainText(`${deal.from} → ${deal.to.name}`);
  await expect(engagement).toContainText("Task to call made");
  await screenshot(board.page, "loop-card");
  await screenshot(ana.page, "loop-mails");
  // One note a mail, written once the reading seems to be over.
  const noted = () => inKommo().notes.filter((note) => note.includes(SUBJECT));
  await expect.poll(noted, { timeout: 60_000 }).toEqual([expect.stringContaining("3×")]);
  expect(inKommo().tasks.filter((text) => text.includes("Ana Reyes"))).toHaveLength(1);
});

test("what machines open is on the card, greyed and explained, and causes nothing", async ({
  product,
  account,
  deal,
  ana,
  visit,
  inKommo,
}) => {
  product.customerIo.control.mail.send({ workspace: ana.workspace, email: ANA, subject: "Our offer" });
  const machine = ana.mail("Our offer").getByRole("button", { name: "Machine opens" });
  for (let times = 0; times < 3; times++) await machine.click();
  const host = visit(account);
  await host.open(`/leads/detail/${deal.id}`);
  const engagement = new LeadCard(host, product.widgetCode, deal.id).part("Engagement");
  await expect(engagement).toContainText("By machines, not counted: 3");
  await expect(engagement).toContainText("Loaded ahead by the mail program; perhaps nobody has read it.");
  await expect(engagement).not.toContainText("opens in");
  expect(inKommo().tasks.filter((text) => text.includes("Ana Reyes"))).toEqual([]);
});

test("who unsubscribes is noted in the deal and told nothing more, and what comes back of it causes nothing", async ({
  product,
  account,
  deal,
  ana,
  visit,
  inKommo,
}) => {
  const { control } = product.customerIo;
  control.mail.send({ workspace: ana.workspace, email: ANA, subject: "Our offer" });
  await ana.mail("Our offer").getByRole("button", { name: "Unsubscribe" }).click();
  const noted = () => inKommo().notes.filter((note) => note.includes("unsubscribed"));
  await expect.poll(noted).toHaveLength(1);
  product.kommo.control.leads.move({ account: account.id, id: deal.id, status_id: deal.to.id });
  await expect(ana.part("Attributes")).toContainText(deal.to.name);
  await expect(ana.part("Events received")).not.toContainText("deal_stage_changed");
  const host = visit(account);
  await host.open(`/leads/detail/${deal.id}`);
  const engagement = new LeadCard(host, product.widgetCode, deal.id).part("Engagement");
  await expect(engagement).toContainText("Unsubscribed");
  expect(noted()).toHaveLength(1);
});

/** The first two of the first pipeline that a deal can be dragged to. */
function stagesOf({ pipelines }: Account) {
  return pipelines[0]!.statuses.filter(({ type, id }) => type !== 1 && id !== 142 && id !== 143);
}
