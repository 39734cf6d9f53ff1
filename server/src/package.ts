import { readFileSync } from "node:fs";

/** What the package says of itself. Read with what every Node knows: it is looked at before it is clear which one this is. */
const { version, engines }: { version: string; engines: { node: string } } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

export const VERSION = version;
/** The first major version that will do; `engines` says ">=24". */
export const OLDEST_NODE = Number.parseInt(engines.node.slice(">=".length), 10);
