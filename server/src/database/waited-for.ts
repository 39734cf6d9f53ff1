import { AsyncLocalStorage } from "node:async_hooks";

const waiting = new AsyncLocalStorage<true>();

/** Runs what somebody waits for at this moment. Its transactions do not queue behind those of the work beside it. */
export function waitedFor<T>(use: () => T): T {
  return waiting.run(true, use);
}

/** Runs what goes on by itself, whoever has set it off. */
export function byItself<T>(use: () => T): T {
  return waiting.exit(use);
}

export function isWaitedFor(): boolean {
  return waiting.getStore() ?? false;
}
