import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Theme } from "../../page/cookies.ts";

const STYLES = readdirSync(join(import.meta.dirname, "styles")).map((name) => `customerio/page/styles/${name}`);
/** Of the other page of the sandbox: resets, palette and controls. */
const SHARED = ["1-reset", "2-variables", "3-controls"].map((name) => `page/styles/${name}.css`);

export function documentFor(theme: Theme): string {
  const dark = theme === "dark" ? ' data-color-scheme="dark"' : "";
  const links = [...SHARED, ...STYLES].map((path) => `<link rel="stylesheet" href="/frontend/${path}">`).join("\n");
  return `<!doctype html>
<html lang="en"${dark}>
<head>
<meta charset="utf-8">
<title>Customer.io sandbox</title>
<link rel="icon" href="data:,">
${links}
</head>
<body>
<script type="module" src="/frontend/customerio/page/browser/main.ts"></script>
</body>
</html>
`;
}
