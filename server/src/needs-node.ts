import { OLDEST_NODE } from "./package.ts";

/** The first import of whatever is started: everything after it is for a Node that is new enough, and breaks obscurely elsewhere. */
const found = process.versions.node;
if (Number.parseInt(found, 10) < OLDEST_NODE) {
  console.error(
    `Dealscope's server needs Node ${OLDEST_NODE} or newer and this is Node ${found}: start it with node_modules/node/bin/node, which the project brings along, or install a newer one.`,
  );
  process.exit(1);
}
