import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rolldown } from "vite";

const src = fileURLToPath(new URL("../src/", import.meta.url));

/** Where our code finds each library in the value of the vendor file. */
const LIBRARIES: Record<string, string> = {
  react: "vendor.react",
  "react/jsx-runtime": "vendor.jsx",
  "react-dom/client": "vendor.dom",
  "@tanstack/react-query": "vendor.query",
};
const KIT = "@kommo-crm/crm-react-ui-kit/";

export interface Bundle {
  code: string;
  css: string;
  /** Files that are part of it. */
  modules: string[];
}

/** The libraries: production, minified, and without a word to the console. */
export async function bundleVendor(): Promise<Bundle> {
  return bundle("vendor.ts", { plugins: [kitTheme], vendor: true, constants: {} });
}

/** Our own code, readable. Its value is the constant that the entry exports under `name`. */
export async function bundleOwn(entry: string, constants: Record<string, string>): Promise<Bundle> {
  return bundle(entry, { plugins: [], vendor: false, constants });
}

async function bundle(
  entry: string,
  { plugins, vendor, constants }: { plugins: Plugin[]; vendor: boolean; constants: Record<string, string> },
): Promise<Bundle> {
  const define = Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)]));
  const result = await build({
    root: dirname(src),
    configFile: false,
    logLevel: "error",
    plugins,
    define: { ...define, "process.env.NODE_ENV": '"production"' },
    // Whatever NODE_ENV is where this is built, such as in tests.
    oxc: { jsx: { development: false } },
    // Rolldown keeps readable what it is not asked to squeeze; comments of ours stay out of the archive by its own rule.
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      cssCodeSplit: false,
      cssMinify: false,
      minify: vendor ? "oxc" : false,
      lib: { entry: join(src, entry), formats: ["iife"], name: "value", fileName: "bundle" },
      rolldownOptions: {
        external: vendor ? [] : (id: string) => id in LIBRARIES || id.startsWith(KIT),
        output: {
          globals: (id: string) => LIBRARIES[id] ?? "vendor.kit",
          ...(vendor ? { minify: { compress: { dropConsole: true }, mangle: true } } : {}),
        },
      },
    },
  });
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput;
  const chunk = output.find((file) => file.type === "chunk")!;
  const css = output.find((file) => file.type === "asset" && file.fileName.endsWith(".css"));
  return {
    code: chunk.code,
    css: css?.type === "asset" ? String(css.source) : "",
    modules: Object.keys(chunk.modules),
  };
}

const kitTheme: Plugin = {
  name: "kit-theme",
  enforce: "pre",
  resolveId: (id) => (/useThemeClassName(\.js)?$/.test(id) ? join(src, "ui", "kit-theme.ts") : undefined),
};
