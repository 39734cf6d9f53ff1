import { globSync, readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import postcss, { type Rule } from "postcss";
import { themeClass } from "../src/ui/kit-theme.ts";

const ROOT = ".dealscope-root";

const src = fileURLToPath(new URL("../src/", import.meta.url));
const kit = dirname(createRequire(import.meta.url).resolve("@kommo-crm/crm-react-ui-kit/assets/theme.css"));

/** The whole style sheet. @param kitCss rules of the kit's components that are in the vendor file */
export async function buildStyles(kitCss: string): Promise<string> {
  const tokens = readFileSync(join(kit, "theme.css"), "utf8");
  const own = globSync("**/*.css", { cwd: src })
    .sort()
    .map((file) => readFileSync(join(src, file), "utf8"));
  return scoped([tokens, kitCss, await themeRules(), ...own].join("\n"));
}

/** What the kit would put into the page's head while it runs; see `src/ui/kit-theme.ts`. */
async function themeRules(): Promise<string> {
  const used = readFileSync(join(src, "vendor.ts"), "utf8");
  const rules: string[] = [];
  // The kit's files import their style sheets, of which Node knows nothing.
  const hooks = registerHooks({
    load: (url, context, next) =>
      url.endsWith(".css") ? { format: "module", source: "", shortCircuit: true } : next(url, context),
  });
  for (const file of globSync("components/*/*.themes.js", { cwd: dirname(kit) }).sort()) {
    const themes: Record<string, Record<string, string>> = await import(pathToFileURL(join(dirname(kit), file)).href);
    for (const [name, theme] of Object.entries(themes)) {
      if (!new RegExp(`\\b${name}\\b`).test(used)) continue;
      const lines = Object.entries(theme).map(([property, value]) => `${property}: ${value};`);
      rules.push(`.${themeClass(theme)} { ${lines.join(" ")} }`);
    }
  }
  hooks.deregister();
  return rules.join("\n");
}

const DARK = "[data-crm-ui-kit-theme=alternative]";

/** Puts every rule below our root, so that nothing of ours reaches Kommo's page. */
function scoped(css: string): string {
  const sheet = postcss.parse(css);
  sheet.walkRules((rule) => {
    if (isInKeyframes(rule)) return;
    rule.selectors = rule.selectors.map(below);
  });
  sheet.walkComments((comment) => void comment.remove());
  return sheet.toString();
}

function below(selector: string): string {
  if (selector === ":root") return ROOT;
  if (selector === `:root${DARK}`) return `${DARK} ${ROOT}`;
  if (selector.startsWith(DARK)) return `${DARK} ${ROOT}${selector.slice(DARK.length)}`;
  if (selector.startsWith(ROOT)) return selector;
  return `${ROOT} ${selector}`;
}

function isInKeyframes(rule: Rule): boolean {
  const { parent } = rule;
  return parent?.type === "atrule" && "name" in parent && String(parent.name).endsWith("keyframes");
}
