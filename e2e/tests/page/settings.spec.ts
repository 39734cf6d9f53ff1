import { expect } from "@playwright/test";
import { receiver } from "../../sandbox/kommo/test-kit.ts";
import { CLIENT_ID, test } from "../kit/sandbox.ts";
import { smallWidget } from "../kit/small-widget.ts";

const saving = (onSave: string) => `
  window.saved = window.saved || [];
  window.heard = window.heard || [];
  $(document).off(".heard").on("widget:installed.heard widget:removed.heard", function (e, code) { window.heard.push(e.type + " " + code); });
  this.callbacks = {
    render: function () { return true; },
    init: function () { return true; },
    bind_actions: function () { return true; },
    settings: function ($body) { $body.find("#small_custom").val("from the widget"); },
    onSave: function (event) { window.saved.push(event.active); ${onSave} },
    onInstall: function () { return true; },
    destroy: function () { return true; },
  };`;

type Seen = { saved: string[]; heard: string[] };
const settings = { custom: { name: "settings.custom", type: "custom", required: false } };

test("installing saves, calls the redirect URI by itself, and starts the widget anew", async ({ kommo, host }) => {
  const server = await receiver();
  kommo.control.oauth.integration({ client_id: CLIENT_ID, redirect_uri: `${server.url}/callback` });
  kommo.control.widgets.upload({ archive: smallWidget({ script: saving("return true;"), settings }), code: "small" });
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: "Small widget" }).click();
  await expect.poll(() => host.calls("small")).toEqual(["render", "init", "bind_actions", "settings"]);
  await host.page.getByRole("button", { name: "Install", exact: true }).click();
  await expect(host.page.locator(".integration__state")).toHaveText("Installed");
  const [call] = await server.until(1);
  expect(call!.url).toContain("from_widget=1");
  expect(await host.page.evaluate(() => (window as unknown as Seen).heard)).toEqual(["widget:installed small"]);
  expect((await host.calls("small")).slice(4)).toEqual([
    "onSave",
    "destroy",
    "render",
    "init",
    "bind_actions",
    "onInstall",
  ]);
  expect(kommo.control.widgets.list()).toMatchObject([{ active: true, settings: { custom: "from the widget" } }]);
  await server.stop();
});

for (const [what, refusal, header] of [
  ["false", "return false;", []],
  ["a broken promise", "return Promise.reject(new Error('Type a key.'));", ["The settings were not saved"]],
] as const) {
  test(`onSave with ${what} keeps the window open and saves nothing`, async ({ kommo, host, withWidget }) => {
    withWidget({ script: saving(refusal), settings });
    await host.open("/settings/widgets/");
    await host.page.getByRole("button", { name: "Small widget" }).click();
    await expect.poll(() => host.calls("small")).toContain("settings");
    await host.page.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => host.calls("small")).toContain("onSave");
    await expect.poll(async () => (await host.recorded("notifications")).map((one) => one.header)).toEqual(header);
    await expect(host.page.locator(".widget-settings__modal")).toBeVisible();
    expect(kommo.control.widgets.list()).toMatchObject([{ active: true, settings: {} }]);
  });
}

test("disabling asks onSave too, then ends the widget and its grants", async ({ kommo, host, withWidget, account }) => {
  withWidget({ script: saving("return Promise.resolve(true);") });
  const { access_token } = kommo.control.oauth.longLivedToken({ account: account.id });
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: "Small widget" }).click();
  await expect.poll(() => host.calls("small")).toContain("settings");
  await host.page.getByRole("button", { name: "Disable" }).click();
  await expect(host.page.locator(".integration__state")).toHaveText("Install");
  const { saved, heard } = await host.page.evaluate(() => ({
    saved: (window as unknown as Seen).saved,
    heard: (window as unknown as Seen).heard,
  }));
  expect([saved, heard]).toEqual([["N"], ["widget:removed small"]]);
  expect((await host.calls("small")).at(-1)).toBe("destroy");
  const answer = await fetch(`${kommo.origin}/api/v4/account`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(answer.status).toBe(401);
});

test("only an administrator can install or save", async ({ host, withWidget, account }) => {
  withWidget();
  await host.signIn(account.users[1]!.id);
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: "Small widget" }).click();
  await expect(host.page.getByRole("button", { name: "Save" })).toBeDisabled();
  const status = await host.page.evaluate(async () => {
    const body = JSON.stringify({ code: "small", active: "N", fields: {} });
    const headers = { "content-type": "application/json" };
    return (await fetch("/ajax/widgets/save", { method: "POST", headers, body })).status;
  });
  expect(status).toBe(403);
});

test("the widget has a page of its own, which a reload keeps", async ({ host, withWidget }) => {
  withWidget();
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: "Small widget" }).click();
  await host.page.getByRole("button", { name: "Small settings" }).click();
  await expect(host.page.locator("#work-area-small")).toHaveText("Hello");
  await expect(host.page.locator(".modal")).toHaveCount(0);
  await host.page.reload();
  await expect(host.page.locator("#work-area-small")).toHaveText("Hello");
});

test("the window closes with Escape, and Enter in a field accepts nothing", async ({ host, withWidget }) => {
  withWidget({ settings: { key: { name: "settings.key", type: "text", required: true } } });
  await host.open("/settings/widgets/");
  await host.page.getByRole("button", { name: "Small widget" }).click();
  await host.page.getByLabel("key").press("Enter");
  await expect(host.page.locator(".widget-settings__modal")).toBeVisible();
  await host.page.keyboard.press("Escape");
  await expect(host.page.locator(".modal")).toHaveCount(0);
});
