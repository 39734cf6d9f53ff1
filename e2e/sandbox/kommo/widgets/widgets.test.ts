import { strToU8, unzipSync, zipSync } from "fflate";
import { afterEach, beforeEach, expect, it } from "vitest";
import { smallWidget } from "../../../tests/kit/small-widget.ts";
import { type Connected, connected, request } from "../test-kit.ts";

let acme: Connected;

beforeEach(async () => {
  acme = await connected();
});
afterEach(() => acme.kommo.stop());

const upload = (archive: Uint8Array) => () => acme.kommo.control.widgets.upload({ archive, code: "small" });

/** The small widget with some files changed; null takes one away. */
function changed(change: Record<string, string | null>): Uint8Array {
  const files = { ...unzipSync(smallWidget()) };
  for (const [path, text] of Object.entries(change)) {
    if (text === null) delete files[path];
    else files[path] = strToU8(text);
  }
  return zipSync(files);
}

const URL = "https://backend.example/dp";

const manifest = (change: object) => {
  const known = JSON.parse(new TextDecoder().decode(unzipSync(smallWidget())["manifest.json"]));
  return changed({ "manifest.json": JSON.stringify({ ...known, ...change }) });
};

it.each([
  ["what is no archive", () => strToU8("PK, or so"), "no zip archive"],
  [
    "a folder around everything",
    () => zipSync({ "widget/manifest.json": strToU8("{}") }),
    "manifest.json is missing at the root",
  ],
  ["a byte order mark", () => changed({ "manifest.json": "\uFEFF{}" }), "without a byte order mark"],
  ["a language without its file", () => changed({ "i18n/tr.json": null }), "i18n/tr.json is missing"],
  ["a logo too few", () => changed({ "images/logo_min.png": null }), "images/logo_min.png is missing"],
  ["an unknown place", () => manifest({ locations: ["lcard-2"] }), "locations"],
  ["a Digital Pipeline without its part", () => manifest({ locations: ["digital_pipeline"] }), "needs a part dp"],
  [
    "a Digital Pipeline without its logo",
    () => manifest({ locations: ["digital_pipeline"], dp: { settings: {}, action_multiple: false, webhook_url: URL } }),
    "images/logo_dp.png is missing",
  ],
  ["a place that is shown and not shown", () => manifest({ locations: ["lcard-0", "lcard-1"] }), "exclude each other"],
])("refuses %s", (_what, archive, reason) => {
  expect(upload(archive())).toThrow(reason);
});

it("serves the files of an archive as they are, and takes another in its place", async () => {
  upload(smallWidget({ file: "define([], 1);" }))();
  const file = () => request(acme.kommo.origin, "GET", "/upl/small/widget/script.js");
  expect((await file()).body).toBe("define([], 1);");
  upload(smallWidget({ file: "define([], 2);" }))();
  expect((await file()).body).toBe("define([], 2);");
  expect((await request(acme.kommo.origin, "GET", "/upl/small/widget/../../../package.json")).status).toBe(404);
});

it("switches a widget on and off with the integration that it belongs to", async () => {
  const { control } = acme.kommo;
  upload(smallWidget())();
  const isActive = () => control.widgets.list()[0]!.active;
  expect(isActive()).toBe(false);
  await control.oauth.grant({ from_widget: true });
  expect(isActive()).toBe(true);
  await control.oauth.uninstall({});
  expect(isActive()).toBe(false);
});
