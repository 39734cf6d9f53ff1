import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS, provideChromium } from "./machine/chromium.ts";

export default defineConfig({
  testDir: "tests",
  testMatch: "**/*.spec.ts",
  outputDir: "../.data/browser/failures",
  // Each worker has a sandbox of its own, and those with the whole product a server too. Two leave a third of two cores unused.
  workers: 3,
  // Long enough for a machine with other things to do; what is there at once costs nothing of it.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: provideChromium(),
      args: CHROMIUM_FLAGS,
    },
  },
});
