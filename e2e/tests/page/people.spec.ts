import { expect } from "@playwright/test";
import { clientOf } from "../../sandbox/kommo/test-kit.ts";
import { test } from "../kit/sandbox.ts";

test("a deal is dragged to another stage", async ({ kommo, host, account }) => {
  const stages = account.pipelines[0]!.statuses;
  const { id } = kommo.control.leads.create({ name: "Ana Reyes" });
  await host.open("/leads/pipeline/");
  const column = host.page.locator(`[data-stage="${stages[3]!.id}"]`);
  await host.page.locator(`[data-lead="${id}"]`).dragTo(column);
  await expect(column).toContainText("Ana Reyes");
  await expect.poll(() => kommo.control.leads.read({ ids: [id] })[0]!.status_id).toBe(stages[3]!.id);
});

test("somebody's card shows his fields and his deals", async ({ kommo, host }) => {
  const { id } = kommo.control.leads.create({
    name: "ERP",
    contact: { name: "Ana Reyes", email: "ana@reyes.example" },
  });
  const [contact] = kommo.control.leads.read({ ids: [id] })[0]!.contacts;
  await host.open(`/contacts/detail/${contact!.id}`);
  await expect(host.page.getByRole("heading", { name: "Ana Reyes" })).toBeVisible();
  await expect(host.page.locator(".list__body")).toContainText("ana@reyes.example");
  await host.page.getByRole("link", { name: "ERP" }).click();
  await expect(host.page).toHaveURL(new RegExp(`/leads/detail/${id}$`));
});

test("what a program writes is seen without a reload, on the board and on the card", async ({
  kommo,
  host,
  account,
}) => {
  const api = clientOf(kommo.origin, kommo.control.oauth.longLivedToken({ account: account.id }).access_token);
  kommo.control.fields.create({ name: "Score", type: "numeric", is_api_only: true, code: "SCORE" });
  const { id } = kommo.control.leads.create({ name: "Ana Reyes" });
  await host.open("/leads/pipeline/");
  await api("PATCH", `/leads/${id}`, { tags_to_add: [{ name: "hot" }] });
  await expect(host.page.locator(`[data-lead="${id}"]`)).toContainText("hot");
  await host.go(`/leads/detail/${id}`);
  await api("PATCH", `/leads/${id}`, { custom_fields_values: [{ field_code: "SCORE", values: [{ value: 81 }] }] });
  await expect(host.page.locator(".lead-form")).toContainText("81");
  await api("POST", `/leads/${id}/notes`, [{ note_type: "common", params: { text: "Budget is <b>approved</b>" } }]);
  await expect(host.page.locator(".feed__note")).toContainText("Budget is <b>approved</b>");
  await api("POST", "/tasks", [
    { text: "Call Ana", complete_till: 2_000_000_000, entity_id: id, entity_type: "leads" },
  ]);
  await expect(host.page.locator(".feed__task")).toContainText("Call Ana");
});

test("one chats as the client, answers, notes, and ticks a task off", async ({ kommo, host }) => {
  const { id } = kommo.control.leads.create({ name: "Ana Reyes", contact: { name: "Ana" } });
  await host.open(`/leads/detail/${id}`);
  const write = async (way: string, text: string) => {
    await host.page.getByRole("button", { name: way, exact: true }).click();
    await host.page.getByLabel("Message").fill(text);
    await host.page.getByLabel("Message").press("Enter");
  };
  await write("Client", "Do you have 20 seats?");
  await expect(host.page.locator(".feed__message.is-incoming")).toContainText("Do you have 20 seats?");
  await write("Chat", "We do.");
  await expect(host.page.locator(".feed__message").last()).toContainText("Kim Vale");
  await write("Note", "Sounds serious");
  await expect(host.page.locator(".feed__note")).toContainText("Sounds serious");
  await write("Task", "Call back");
  await host.page.getByRole("button", { name: "Complete: Call back" }).click();
  await expect(host.page.locator(".feed__task")).toHaveCount(0);
  expect(kommo.control.leads.read({ ids: [id] })[0]!.tasks[0]).toMatchObject({ is_completed: true });
});

test("fields are typed in and saved, while others write into the same lead", async ({ kommo, host }) => {
  kommo.control.fields.create({ name: "Company", type: "text" });
  const { id } = kommo.control.leads.create({ name: "Ana Reyes" });
  await host.open(`/leads/detail/${id}`);
  await host.page.getByLabel("Company").fill("Reyes SL");
  kommo.control.leads.addNote({ id, text: "meanwhile" });
  await expect(host.page.locator(".feed__note")).toContainText("meanwhile");
  await host.page.getByRole("spinbutton", { name: "Sale" }).fill("1200");
  await host.page.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(() => kommo.control.leads.read({ ids: [id] })[0])
    .toMatchObject({ price: 1200, fields: { Company: "Reyes SL" } });
});

test("a rep sees the leads that Kommo lets him see", async ({ kommo, host, account }) => {
  const rep = account.users[1]!.id;
  kommo.control.accounts.changeUser({
    user_id: rep,
    rights: {
      ...kommo.control.accounts.addUser({}).rights,
      leads: { view: "M", edit: "M", add: "M", delete: "M", export: "M" },
    },
  });
  const own = kommo.control.leads.create({ name: "His own", responsible_user_id: rep });
  const other = kommo.control.leads.create({ name: "Of another" });
  await host.signIn(rep);
  await host.open("/leads/pipeline/");
  await expect(host.page.locator(".board-card")).toHaveText([/His own/]);
  await host.open(`/leads/detail/${own.id}`);
  await expect(host.page.getByLabel("Name")).toHaveValue("His own");
  await host.page.goto(`${host.origin}/leads/detail/${other.id}`);
  await expect(host.page.getByRole("alert")).toBeVisible();
});

test("user, language and theme are changed in the menu", async ({ host, withWidget }) => {
  const code = withWidget();
  await host.open("/leads/add/");
  const menu = host.page.locator(".visitor-menu summary");
  await menu.click();
  await host.page.getByLabel("Theme").selectOption("dark");
  await expect(host.page.locator("html")).toHaveAttribute("data-color-scheme", "dark");
  await expect(host.page.locator("html")).toHaveAttribute("data-crm-ui-kit-theme", "alternative");
  await host.page.getByRole("combobox", { name: "Signed in as" }).selectOption({ label: "Robin Sales" });
  await expect(menu).toHaveAttribute("title", "Robin Sales");
  await menu.click();
  await host.page.getByLabel("Language").selectOption({ label: "Türkçe" });
  await expect(host.box(code)).toContainText("Merhaba");
  await expect(host.page.locator("html")).toHaveAttribute("data-color-scheme", "dark");
});

test("each account has a host of its own", async ({ kommo, host, page }) => {
  kommo.control.accounts.create({ subdomain: "other" });
  kommo.control.leads.create({ account: "other", name: "Of the other account" });
  await host.open("/leads/pipeline/");
  await expect(page.locator(".board-card")).toHaveCount(0);
  await page.goto(`${host.origin.replace("acme", "other")}/leads/pipeline/`);
  await expect(page.locator(".board-card")).toHaveText([/Of the other account/]);
  const nobody = await page.goto(`${host.origin.replace("acme", "nobody")}/`);
  expect(nobody?.status()).toBe(404);
});
