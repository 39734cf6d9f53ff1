import { defineConfig } from "vitest/config";

/**
 * What a server of a test may still say once it is closed: here its process goes on, which elsewhere ends with it. Bull connects
 * anew while it is being closed, and a call to Kommo that waited for its turn finds no database any more.
 */
const AFTER_THE_END = ["Redis is already connecting/connected", "Driver not Connected"];

export default defineConfig({
  test: {
    // Most of a test is waiting for a process beside it, so there may be more of them than cores.
    maxWorkers: 5,
    // Loading the server anew for each file took a quarter of the time. What is kept in modules are counters.
    isolate: false,
    onUnhandledError: (error) => !AFTER_THE_END.some((words) => error.message.includes(words)),
    projects: [
      {
        // Needs nothing but Node: pure code, and the sandbox speaking to itself over HTTP.
        test: {
          name: "pure",
          include: ["shared/src/**/*.test.ts", "server/src/**/*.test.ts", "e2e/**/*.test.ts", "widget/**/*.test.ts"],
          // Properties are tried on hundreds of texts; how long that takes is the machine's affair.
          testTimeout: 30_000,
        },
      },
      {
        // Real PostgreSQL, real Redis, the sandbox over HTTP.
        test: {
          name: "stores",
          include: ["server/test/**/*.test.ts"],
          globalSetup: "server/test/stores.global.ts",
          // What is waited for names itself when it does not come about; a busy machine gets the time for it.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Server processes that are killed, frozen and cut off; all but a quick selection is left to `pnpm faults`.
        test: {
          name: "faults",
          include: ["e2e/faults/**/*.fault.ts"],
          globalSetup: "e2e/faults/stores.global.ts",
        },
      },
    ],
  },
});
