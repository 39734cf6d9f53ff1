import { statfs } from "node:fs/promises";
import { examined } from "./finding.ts";

const GIB = 2 ** 30;
const LEAST_GIB = 1;

/** Of this machine: what PostgreSQL has on another one only its own monitoring knows. */
export function examineDisk(dir: string) {
  return examined("disk", async (chart) => {
    const { bavail, bsize } = await statfs(dir);
    const gib = (bavail * bsize) / GIB;
    if (gib < LEAST_GIB) return chart.fault(`Only ${gib.toFixed(1)} GiB are free at ${dir}: make room.`);
    chart.ok(`${Math.floor(gib)} GiB are free at ${dir}.`);
  });
}
