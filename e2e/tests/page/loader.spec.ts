import { expect } from "@playwright/test";
import { test } from "../kit/sandbox.ts";

/** A constructor's body with callbacks that do nothing, and the given ones. */
const callbacks = (own = "") => `
  this.callbacks = {
    render: function () { return true; },
    init: function () { return true; },
    bind_actions: function () { return true; },
    ${own}
  };`;

test("a widget of the archive shows itself on a card, in the order render, init, bind_actions", async ({
  kommo,
  host,
  withWidget,
}) => {
  const code = withWidget();
  const lead = kommo.control.leads.create({ name: "Website request" });
  await host.open(`/leads/detail/${lead.id}`);
  await expect(host.box(code)).toContainText(`Hello ${lead.id}`);
  expect(await host.calls(code)).toEqual(["render", "init", "bind_actions"]);
  expect(await host.recorded("violations")).toEqual([]);
});

test("a render that promises is believed when it keeps the promise, and bind_actions does not wait", async ({
  host,
  withWidget,
}) => {
  const code = withWidget({
    script: callbacks("render: function () { return new Promise(function (keep) { window.keep = keep; }); },"),
  });
  await host.open("/leads/add/");
  await expect.poll(() => host.calls(code)).toEqual(["render", "bind_actions"]);
  await host.page.evaluate(() => (window as unknown as { keep: () => void }).keep());
  await expect.poll(() => host.calls(code)).toEqual(["render", "bind_actions", "init"]);
});

for (const [what, render] of [
  ["nothing", "render: function () {},"],
  ["a promise that is broken", "render: function () { return Promise.reject(new Error('no')); },"],
  ["an error", "render: function () { throw new Error('no'); },"],
] as const) {
  test(`a render that gives ${what} is followed by bind_actions, and never by init`, async ({ host, withWidget }) => {
    const code = withWidget({ script: callbacks(render) });
    const other = withWidget({}, "other");
    await host.open("/leads/add/");
    await expect.poll(() => host.calls(other)).toEqual(["render", "init", "bind_actions"]);
    await expect.poll(() => host.calls(code)).toEqual(["render", "bind_actions"]);
  });
}

for (const [what, file] of [
  ["that cannot be parsed", "define(["],
  ["that throws", "throw new Error('no');"],
  ["without a module", "var nothing = 1;"],
  ["that gives an object", "define([], function () { return {}; });"],
  ["that gives a class", "define([], function () { return class { constructor() { this.callbacks = {}; } }; });"],
  [
    "that lacks bind_actions",
    `define([], function () { return function () {${callbacks("bind_actions: undefined,")}}; });`,
  ],
  ["whose part is missing", "define(['./part.js'], function () { return function () {}; });"],
] as const) {
  test(`a script ${what} is no widget, and nobody is told`, async ({ host, withWidget }) => {
    const code = withWidget({ file });
    const other = withWidget({}, "other");
    await host.open("/leads/add/");
    await expect(host.box(other)).toBeVisible();
    expect(await host.calls(code)).toEqual([]);
    expect(await host.recorded("notifications")).toEqual([]);
  });
}

test("script and language are asked for with the version, what they ask for themselves is not", async ({
  host,
  withWidget,
}) => {
  const code = withWidget({
    file: `define(["jquery", "./part.js"], function ($, part) { return function () {${callbacks("init: function () { window.part = part; return true; },")}}; });`,
    more: { "part.js": 'define([], function () { return "here"; });' },
  });
  const asked: string[] = [];
  host.page.on("request", (request) => void asked.push(request.url().replace(host.origin, "")));
  await host.open("/leads/add/");
  await expect.poll(() => host.page.evaluate(() => (window as unknown as { part?: string }).part)).toBe("here");
  expect(asked.filter((path) => path.startsWith("/upl/")).sort()).toEqual([
    `/upl/${code}/widget/i18n/en.json?v=1.2.3`,
    `/upl/${code}/widget/part.js`,
    `/upl/${code}/widget/script.js?v=1.2.3`,
  ]);
});

test("inside the constructor the base methods are there, and from render on settings and texts", async ({
  host,
  withWidget,
}) => {
  withWidget({
    script: `
      var early = typeof self.get_settings;
      ${callbacks("render: function () { window.seen = [early, self.params.widget_code, self.get_version(), self.i18n('greeting'), self.system().area]; return true; },")}`,
  });
  await host.open("/leads/add/");
  await expect
    .poll(() => host.page.evaluate(() => (window as unknown as { seen?: string[] }).seen))
    .toEqual(["function", "small", "1.2.3", "Hello", "lcard"]);
});

test("a widget that wants to live once is only rendered again on the next page", async ({
  kommo,
  host,
  withWidget,
}) => {
  const code = withWidget({ init_once: true });
  const [one, two] = [kommo.control.leads.create({}), kommo.control.leads.create({})];
  await host.open(`/leads/detail/${one.id}`);
  await expect(host.box(code)).toContainText("Hello");
  await host.go(`/leads/detail/${two.id}`);
  await expect(host.box(code)).toHaveCount(1);
  expect(await host.calls(code)).toEqual(["render", "init", "bind_actions", "render"]);
});

test("bind_actions may come before init, as a switch", async ({ kommo, host, withWidget }) => {
  kommo.control.switches.set({ widgetInitOrder: "bind-first" });
  const code = withWidget();
  await host.open("/leads/add/");
  await expect.poll(() => host.calls(code)).toEqual(["render", "bind_actions", "init"]);
});
