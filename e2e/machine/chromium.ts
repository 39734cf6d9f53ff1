import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/** For a browser without a screen, which is to ask nobody but us. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Makes sure there is a Chromium: Playwright's own, else one on the PATH, else on Debian as root it is installed.
 * @returns the path of what to start, or undefined for Playwright's own
 */
export function provideChromium(): string | undefined {
  if (existsSync(chromium.executablePath())) return undefined;
  return onPath() ?? installed();
}

function installed(): string {
  const isDebianRoot = process.getuid?.() === 0 && onPath(["apt-get"]) !== undefined;
  if (!isDebianRoot) {
    throw new Error("Chromium is needed: install chromium, or run `npx playwright install chromium` in e2e.");
  }
  console.log("Installing chromium with apt-get ...");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { env, stdio: "ignore" });
  const ended = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
    env,
    encoding: "utf8",
  });
  const found = onPath();
  if (ended.status !== 0 || !found) throw new Error(`apt-get could not install chromium: ${ended.stderr}`);
  return found;
}

function onPath(names = NAMES): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
