import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One comment with the licence of each package that the modules come from. */
export function licencesOf(modules: string[]): string {
  const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
  const byText = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence file.`);
    const text = readFileSync(join(folder, file), "utf8").replaceAll("\r", "").replaceAll("*/", "* /").trim();
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...byText].map(([text, packages]) => `${packages.join(", ")}\n\n${text}`);
  return `/*!\n${parts.join("\n\n----\n\n")}\n*/`;
}
