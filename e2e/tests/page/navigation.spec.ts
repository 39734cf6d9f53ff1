import { expect } from "@playwright/test";
import { test } from "../kit/sandbox.ts";

/** Counts what is left over, in places that outlive the widget. */
const LEAVES_TRACES = `
  var ns = ".widget:small";
  window.seen = window.seen || { clicks: 0, boxesAtDestroy: [] };
  this.callbacks = {
    render: function () {
      if (APP.isCard()) self.render_template({ caption: {}, body: '<b class="mine">mine</b>', render: "" });
      return true;
    },
    init: function () { $(document).on("click" + ns, function () { window.seen.clicks++; }); return true; },
    bind_actions: function () { return true; },
    advancedSettings: function () { $("#work-area-small").append('<b class="mine">mine</b>'); },
    destroy: function () { window.seen.boxesAtDestroy.push(document.querySelectorAll(".mine").length); },
  };`;

interface App {
  isCard(): boolean;
  getBaseEntity(): string;
  getWidgetsArea(): string;
  data: { current_card: { id: number; model: { get(name: string): unknown } } | false };
}

type Seen = { seen: { clicks: number; boxesAtDestroy: number[] } };

test("boxes are gone from the page before their widget is destroyed, and its document handlers after", async ({
  kommo,
  host,
  withWidget,
}) => {
  const code = withWidget({ script: LEAVES_TRACES });
  const ids = [1, 2, 3].map(() => kommo.control.leads.create({}).id);
  const way = [
    `/leads/detail/${ids[1]}`,
    "/leads/pipeline/",
    `/leads/detail/${ids[2]}`,
    `/settings/widgets/${code}/`,
    "/settings/widgets/",
  ];
  await host.open(`/leads/detail/${ids[0]}`);
  await expect(host.box(code)).toBeVisible();
  for (const path of way) {
    await host.go(path);
    if (path.startsWith("/leads/detail")) await expect(host.box(code)).toHaveCount(1);
  }
  await expect(host.page.locator(".mine")).toHaveCount(0);
  await host.page.goBack();
  await expect(host.page.locator(`#work-area-${code} .mine`)).toBeVisible();
  await host.page.goBack();
  await expect(host.box(code)).toHaveCount(1);
  await host.page.locator(".feed__entries").click();
  const { clicks, boxesAtDestroy } = await host.page.evaluate(() => (window as unknown as Seen).seen);
  expect(clicks).toBe(1);
  expect(new Set(boxesAtDestroy)).toEqual(new Set([0]));
});

test("APP says where one is", async ({ kommo, host }) => {
  const { id } = kommo.control.leads.create({ name: "Ana" });
  const where = () =>
    host.page.evaluate(() => {
      const app = window.APP as App;
      const card = app.data.current_card || undefined;
      return [app.getWidgetsArea(), app.isCard(), app.getBaseEntity(), card?.id, card?.model.get("name")];
    });
  await host.open(`/leads/detail/${id}`);
  expect(await where()).toEqual(["leads_card", true, "leads", id, "Ana"]);
  await host.go("/leads/pipeline/");
  expect(await where()).toEqual(["leads-pipeline", false, "leads", undefined, undefined]);
  await host.go("/settings/widgets/");
  expect(await where()).toEqual(["widgetsSettings", false, "", undefined, undefined]);
});

test("a new lead is number 0 until it is saved, and no widget is called again then", async ({ host, withWidget }) => {
  const code = withWidget();
  await host.open("/leads/add/");
  await expect(host.box(code)).toContainText("Hello 0");
  await host.page.getByLabel("Name").fill("From the fair");
  await host.page.getByRole("button", { name: "Save" }).click();
  await expect(host.page).toHaveURL(/\/leads\/detail\/\d+$/);
  const id = await host.page.evaluate(
    () => (window.APP as { data: { current_card: { id: number } } }).data.current_card.id,
  );
  expect(host.page.url()).toContain(String(id));
  expect(await host.calls(code)).toEqual(["render", "init", "bind_actions"]);
});

test("who goes on at once is not followed by the widgets of the page before", async ({ kommo, host, withWidget }) => {
  const code = withWidget();
  const { id } = kommo.control.leads.create({});
  kommo.control.faults.add({ match: { path: "/upl/*" }, effect: { kind: "delay", ms: 150 } });
  await host.open("/leads/pipeline/");
  await host.go(`/leads/detail/${id}`);
  await host.go("/leads/pipeline/");
  await host.go(`/leads/detail/${id}`);
  await expect(host.box(code)).toContainText(`Hello ${id}`);
  await expect(host.box(code)).toHaveCount(1);
  expect(await host.calls(code)).toEqual(["render", "init", "bind_actions"]);
});

test("nobody is shown a lead that is not there", async ({ host }) => {
  await host.page.goto(`${host.origin}/leads/detail/99`);
  await expect(host.page.getByRole("alert")).toHaveText("There is nothing here that you may see.");
});
