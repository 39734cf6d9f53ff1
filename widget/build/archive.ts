import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bundle, bundleOwn, bundleVendor } from "./bundles.ts";
import { licencesOf } from "./licences.ts";
import { LOCALES, manifest } from "./manifest.ts";
import { buildStyles } from "./styles.ts";
import { zip } from "./zip.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));

/**
 * The files of the widget's archive, by path from its root.
 * @param url where the widget finds its backend, such as `https://dealscope.example`
 * @param supportEmail whom people write to; unless given, `support` at the backend's host
 */
export async function archiveFiles(url: string, supportEmail?: string): Promise<Map<string, Buffer>> {
  const { origin, hostname } = addressOf(url);
  const support = { link: origin, email: supportEmail ?? `support@${hostname}` };
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const vendor = await bundleVendor();
  const vendorCode = `${licencesOf(vendor.modules)}\ndefine([], function () {\n${vendor.code.trim()}\nreturn value.vendor;\n});\n`;
  const vendorFile = hashed("vendor", "js", vendorCode);
  const pagesCode = asModule(await bundleOwn("pages.tsx", { DEALSCOPE_URL: origin }), vendorFile, "pages");
  const pagesFile = hashed("pages", "js", pagesCode);
  const styles = await buildStyles(vendor.css);
  const stylesFile = hashed("style", "css", styles);
  const script = await bundleOwn("script.ts", {
    DEALSCOPE_URL: origin,
    PAGES_FILE: pagesFile,
    STYLES_FILE: stylesFile,
  });
  const files = new Map<string, Buffer>();
  const add = (path: string, content: string | Buffer) => files.set(path, Buffer.from(content));
  add("manifest.json", `${JSON.stringify(manifest(version, origin, support), null, 2)}\n`);
  add("script.js", asModule(script, vendorFile, "Dealscope"));
  add(vendorFile, vendorCode);
  add(pagesFile, pagesCode);
  add(stylesFile, styles);
  for (const locale of LOCALES) {
    add(`i18n/${locale}.json`, readFileSync(join(folder, "src", "i18n", `${locale}.json`)));
  }
  for (const image of globSync("*.png", { cwd: join(folder, "images") }).sort()) {
    add(`images/${image}`, readFileSync(join(folder, "images", image)));
  }
  return files;
}

/** Kommo's loader takes AMD. The names of the parameters are what the code inside calls them. */
function asModule({ code }: Bundle, vendorFile: string, value: string): string {
  const body = code.replace(/^\/\/[#@].*$/gm, "").trim();
  const dependencies = JSON.stringify(["require", "jquery", `./${vendorFile}`]);
  return `define(${dependencies}, function (load, jQuery, vendor) {\n${body}\nreturn value.${value};\n});\n`;
}

/** Files that a module asks for carry no version in their address, so it is in their name. */
function hashed(name: string, extension: string, content: string): string {
  return `${name}.${createHash("sha256").update(content).digest("hex").slice(0, 10)}.${extension}`;
}

function addressOf(url: string): URL {
  if (!URL.canParse(url)) throw new Error(`The address of the backend is not an address: ${url}`);
  return new URL(url);
}

/** Where the backend is: as said for this build, else as the server is told. What is left empty is not set. */
export function backendIn({ DEALSCOPE_URL, PUBLIC_URL }: Record<string, string | undefined>): string | undefined {
  return DEALSCOPE_URL || PUBLIC_URL || undefined;
}

interface Build {
  url: string;
  supportEmail?: string | undefined;
  /** Where to put the archive. */
  out?: string;
}

/** Makes `widget.zip`. @returns its path */
export async function buildArchive({ url, supportEmail, out = join(folder, "dist", "widget.zip") }: Build) {
  const archive = zip(await archiveFiles(url, supportEmail));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, archive);
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const known = backendIn(process.env);
  const url = known ?? "http://127.0.0.1:3000";
  const out = await buildArchive({ url, supportEmail: process.env.DEALSCOPE_SUPPORT_EMAIL || undefined });
  const hint = known ? "" : " Set PUBLIC_URL to your server's address before you upload it.";
  console.log(`${out} is made for the backend at ${url}.${hint}`);
}
