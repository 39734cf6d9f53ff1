import { gzipSync, inflateRawSync } from "node:zlib";
import postcss from "postcss";
import { beforeAll, describe, expect, it } from "vitest";
import { archiveFiles, backendIn } from "../build/archive.ts";
import { LOCALES, manifest } from "../build/manifest.ts";
import { zip } from "../build/zip.ts";

const URL_OF_BACKEND = "https://dealscope.example";

let files: Map<string, Buffer>;
beforeAll(async () => {
  files = await archiveFiles(URL_OF_BACKEND);
}, 60_000);

const names = () => [...files.keys()];
const text = (name: string) => files.get(name)!.toString();
const named = (pattern: RegExp) => names().find((name) => pattern.test(name))!;
const gzipped = (name: string) => gzipSync(files.get(name)!, { level: 9 }).length;
const ownScripts = () => ["script.js", named(/^pages\./)];

describe("the archive", () => {
  it("holds what Kommo asks for at its root, and nothing else", () => {
    const hash = "[0-9a-f]{10}";
    const allowed = [
      /^manifest\.json$/,
      /^script\.js$/,
      new RegExp(`^vendor\\.${hash}\\.js$`),
      new RegExp(`^pages\\.${hash}\\.js$`),
      new RegExp(`^style\\.${hash}\\.css$`),
      /^i18n\/(en|es|pt|tr|id)\.json$/,
      /^images\/(logo(_small|_main|_medium|_min|_dp)?|tour_(en|es|pt|tr|id))\.png$/,
    ];
    expect(names().filter((name) => !allowed.some((pattern) => pattern.test(name)))).toEqual([]);
    expect(names()).toHaveLength(5 + LOCALES.length + 6 + LOCALES.length);
  });

  it("is a zip that unpacks to the same files", () => {
    expect(unzip(zip(files))).toEqual(files);
  });

  it("is the same when it is built again", async () => {
    expect(zip(await archiveFiles(URL_OF_BACKEND)).equals(zip(files))).toBe(true);
  }, 60_000);

  it("is made for the server that .env names, unless another is named for this build", () => {
    expect(backendIn({ PUBLIC_URL: "https://a.example" })).toBe("https://a.example");
    expect(backendIn({ PUBLIC_URL: "https://a.example", DEALSCOPE_URL: "" })).toBe("https://a.example");
    expect(backendIn({ PUBLIC_URL: "https://a.example", DEALSCOPE_URL: "https://b.example" })).toBe(
      "https://b.example",
    );
    expect(backendIn({ PUBLIC_URL: "" })).toBeUndefined();
  });

  it("has texts in UTF-8 without a mark, with line feeds only", () => {
    for (const name of names().filter((each) => !each.endsWith(".png"))) {
      expect(text(name).startsWith("\uFEFF"), name).toBe(false);
      expect(text(name).includes("\r"), name).toBe(false);
      expect(Buffer.from(text(name)).equals(files.get(name)!), name).toBe(true);
    }
  });

  it("has logos of the sizes that Kommo shows", () => {
    expect(sizeOf("images/logo.png")).toEqual([130, 100]);
    expect(sizeOf("images/logo_small.png")).toEqual([108, 108]);
    expect(sizeOf("images/logo_main.png")).toEqual([400, 272]);
    expect(sizeOf("images/logo_medium.png")).toEqual([240, 84]);
    expect(sizeOf("images/logo_min.png")).toEqual([84, 84]);
    expect(sizeOf("images/logo_dp.png")).toEqual([174, 109]);
    for (const name of names().filter((each) => each.endsWith(".png"))) {
      expect(files.get(name)!.length, name).toBeLessThanOrEqual(300 * 1024);
    }
  });

  it("is small: the card's files, the pages and the whole", () => {
    expect(gzipped("script.js") + gzipped(named(/^vendor\./))).toBeLessThanOrEqual(130 * 1024);
    expect(gzipped(named(/^pages\./))).toBeLessThanOrEqual(150 * 1024);
    expect(zip(files).length).toBeLessThanOrEqual(400 * 1024);
  });
});

describe("the manifest", () => {
  it("names only the places that are used, and is not kept alive between pages", () => {
    const { widget, locations } = JSON.parse(text("manifest.json"));
    expect(locations).toEqual(["lcard-1", "settings", "advanced_settings", "digital_pipeline"]);
    expect(widget).toMatchObject({ interface_version: 2, init_once: false, installation: true, locale: LOCALES });
    expect(widget.support).toEqual({ link: URL_OF_BACKEND, email: "support@dealscope.example" });
    expect(widget.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("has the Digital Pipeline call our backend, with an action and a key that our screen fills in", () => {
    const { dp } = JSON.parse(text("manifest.json"));
    expect(dp.webhook_url).toBe(`${URL_OF_BACKEND}/hooks/kommo/dp`);
    expect(dp.action_multiple).toBe(false);
    expect(Object.keys(dp.settings)).toEqual(["action", "key"]);
    for (const field of Object.values(dp.settings)) expect(field).toMatchObject({ type: "text", required: true });
  });

  it("points at texts and pictures that are there", () => {
    const { widget, tour, settings, advanced, dp } = JSON.parse(text("manifest.json")) as ReturnType<typeof manifest>;
    const paths = [widget.name, widget.description, widget.short_description, tour.tour_description, advanced.title];
    for (const path of [...paths, settings.custom.name, dp.settings.action.name, dp.settings.key.name])
      expect(wordsOf("en"), path).toHaveProperty([path]);
    for (const picture of Object.values(tour.tour_images).flat())
      expect(files.has(picture.slice(1)), picture).toBe(true);
  });
});

describe("the words", () => {
  it("have the same keys in every language", () => {
    for (const locale of LOCALES) expect(Object.keys(wordsOf(locale)), locale).toEqual(Object.keys(wordsOf("en")));
  });

  it("hold the same places for values in every language", () => {
    const places = (words: Record<string, string>) =>
      Object.fromEntries(Object.entries(words).map(([key, said]) => [key, (said.match(/\{\w+\}/g) ?? []).sort()]));
    for (const locale of LOCALES) expect(places(wordsOf(locale)), locale).toEqual(places(wordsOf("en")));
  });

  it("are translated", () => {
    const en = wordsOf("en");
    for (const locale of LOCALES.filter((each) => each !== "en")) {
      const words = wordsOf(locale);
      const same = Object.keys(en).filter(
        (key) => words[key] === en[key] && /[a-z]{3}/i.test(en[key]!.replace(/\{\w+\}/g, "")),
      );
      // A few words are the same in both languages.
      expect(same.length / Object.keys(en).length, `${locale}: ${same.join(", ")}`).toBeLessThan(0.04);
      expect(Object.values(words).filter((said) => said.trim() === "")).toEqual([]);
    }
  });

  it("fit the marketplace's limits", () => {
    for (const locale of LOCALES) {
      const words = wordsOf(locale);
      expect(words["widget.name"]!.length, locale).toBeLessThanOrEqual(30);
      expect(words["widget.name"]).not.toMatch(/kommo/i);
      expect(Math.max(...words["widget.name"]!.split(" ").map((word) => word.length))).toBeLessThanOrEqual(19);
      expect(words["widget.short_description"]!.length, locale).toBeLessThanOrEqual(50);
      expect(words["widget.description"]!.length, locale).toBeLessThanOrEqual(400);
    }
  });

  it("are all used, and none is missing", () => {
    const code = ownScripts().map(text).join("\n");
    const unused = Object.keys(wordsOf("en")).filter((key) => {
      if (/^(widget|settings|advanced)\./.test(key)) return false;
      const [group] = key.split(".");
      const dynamic = new RegExp(`\`${group}\\.(\\w*)\\$\\{`).exec(code);
      return !code.includes(`"${key}"`) && !(dynamic && key.startsWith(`${group}.${dynamic[1]}`));
    });
    expect(unused).toEqual([]);
  });
});

describe("the code", () => {
  it("is three modules of Kommo's loader, whose own parts can be read", () => {
    for (const name of names().filter((each) => each.endsWith(".js"))) {
      expect(text(name), name).toMatch(/^(\/\*![\s\S]*?\*\/\n)?define\(\[/);
    }
    for (const name of ownScripts()) {
      const lines = text(name).split("\n");
      expect(Math.max(...lines.map((line) => line.length)), name).toBeLessThan(500);
    }
  });

  it("says nothing to the console, evaluates nothing, and asks for no files but its own", () => {
    for (const name of names().filter((each) => each.endsWith(".js"))) {
      expect(text(name), name).not.toMatch(/\bconsole\s*\./);
      expect(text(name), name).not.toMatch(/\beval\s*\(|\bnew Function\b|\bimport\s*\(/);
      expect(text(name), name).not.toMatch(/sourceMappingURL/);
    }
    for (const name of ownScripts()) {
      expect(text(name), name).not.toMatch(
        /createElement\(["'`]script|<script|\.open\(["'`](GET|POST)|debugger|\balert\(/,
      );
    }
  });

  it("only reads from Kommo's APP", () => {
    for (const name of ownScripts()) {
      expect(text(name), name).not.toMatch(/\bAPP(\.\w+|\?\.\w+)*\s*=[^=]/);
      expect(text(name), name).not.toMatch(/\bAMOCRM\b/);
    }
  });

  it("carries the licences of the libraries in it", () => {
    for (const library of ["react 19", "react-dom 19", "@tanstack/react-query 5", "@kommo-crm/crm-react-ui-kit 1"]) {
      expect(text(named(/^vendor\./)), library).toContain(library);
    }
  });

  it("uses of the libraries only what the vendor file gives out", () => {
    const given = /vendor:\s*|\.vendor\s*=\s*\{([\s\S]*)\}/.exec(text(named(/^vendor\./)))?.[0] ?? "";
    const used = new Set(
      ownScripts().flatMap((name) =>
        [
          ...text(name).matchAll(
            /\b(?:_tanstack_react_query|_kommo_crm_crm_react_ui_kit_\w+|react_dom_client)\.(\w+)/g,
          ),
        ].map(([, what]) => what!),
      ),
    );
    expect(used.size).toBeGreaterThan(5);
    expect([...used].filter((what) => !new RegExp(`\\b${what}\\s*[:,}]`).test(given))).toEqual([]);
  });

  it("knows the backend it was built for and holds no secret", () => {
    expect(text("script.js")).toContain(`"${URL_OF_BACKEND}"`);
    for (const name of names().filter((each) => !each.endsWith(".png"))) {
      expect(text(name), name).not.toMatch(/client_secret|secret_key|sk-[A-Za-z0-9]{8}|BEGIN [A-Z ]*KEY/);
    }
  });
});

describe("the styles", () => {
  it("reach nothing outside of our root", () => {
    const selectors: string[] = [];
    postcss.parse(text(named(/^style\./))).walkRules((rule) => {
      if (rule.parent?.type === "atrule" && /keyframes$/.test((rule.parent as { name: string }).name)) return;
      selectors.push(...rule.selectors);
    });
    expect(selectors.length).toBeGreaterThan(100);
    const outside = selectors.filter((s) => !/^(\[data-crm-ui-kit-theme=alternative\] )?\.dealscope-root\b/.test(s));
    expect(outside).toEqual([]);
  });

  it("set no variable of Kommo's page and load nothing from elsewhere", () => {
    const css = text(named(/^style\./));
    expect(css).not.toMatch(/@import|url\(\s*["']?(?!["']?data:)/);
    expect(css).not.toMatch(/--palette-[\w-]+\s*:/);
    expect(css).not.toMatch(/@font-face|switcher_o(n|ff)/);
  });
});

function wordsOf(locale: string): Record<string, string> {
  const words: Record<string, string> = {};
  const collect = (tree: object, path: string) => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === "string") words[`${path}${key}`] = value;
      else collect(value, `${path}${key}.`);
    }
  };
  collect(JSON.parse(text(`i18n/${locale}.json`)), "");
  return words;
}

/** Width and height of a PNG, from its header. */
function sizeOf(name: string): [number, number] {
  const png = files.get(name)!;
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

/** Reads a zip by its directory at the end, as unpackers do. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const found = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let entry = 0; entry < archive.readUInt16LE(end + 10); entry++) {
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const body = local + 30 + archive.readUInt16LE(local + 26);
    const packed = archive.subarray(body, body + archive.readUInt32LE(at + 20));
    found.set(archive.toString("utf8", at + 46, at + 46 + nameLength), inflateRawSync(packed));
    at += 46 + nameLength;
  }
  return found;
}
