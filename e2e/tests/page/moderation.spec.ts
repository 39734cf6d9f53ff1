import { expect } from "@playwright/test";
import { test } from "../kit/sandbox.ts";

for (const [what, code, told] of [
  ["a write to APP", "APP.data.mine = 1;", "write APP.data.mine"],
  ["a write to what APP gives", "APP.constant('user').name = 'Eve';", "write APP.constant().name"],
  ["a read that nobody documented", "APP.getV3WidgetsArea && 1;", "read APP.getV3WidgetsArea"],
  ["eval", "eval('1');", "eval"],
  ["a function made of text", "new Function('return 1')();", "new Function"],
  ["a timer of text", "setTimeout('1', 0);", "setTimeout of a text"],
  ["a script element", "document.createElement('script');", "script element"],
  ["the console", "console.log('here');", "console.log"],
  [
    "a synchronous request",
    "var x = new XMLHttpRequest(); x.open('GET', '/ajax/page/fields', false);",
    "synchronous XMLHttpRequest",
  ],
] as const) {
  test(`${what} is written down`, async ({ host, withWidget }) => {
    withWidget({
      script: `
        this.callbacks = {
          render: function () { ${code} return true; },
          init: function () { window.ready = true; return true; },
          bind_actions: function () { return true; },
        };`,
    });
    await host.open("/leads/add/");
    await host.page.waitForFunction(() => (window as unknown as { ready?: boolean }).ready);
    expect((await host.recorded("violations")).map((one) => one.what)).toEqual([told]);
    expect(await host.recorded("errors")).toEqual([]);
  });
}

test("what was written to APP is not there", async ({ host }) => {
  await host.open("/leads/add/");
  const left = await host.page.evaluate(() => {
    const app = window.APP as { lang_id: string; data: { is_card: boolean } };
    app.lang_id = "xx";
    app.data.is_card = false;
    return [app.lang_id, app.data.is_card];
  });
  expect(left).toEqual(["en", true]);
});
