import { Logger } from "@nestjs/common";
import type { Redis } from "ioredis";

/**
 * Says once that Redis is waited for, at the start or later, and once that it is there; ioredis would say it for every try.
 * @returns ends it: a process that stops waits for nothing, though Bull connects once more while it says goodbye
 */
export function tellOfAbsence(redis: Redis): () => void {
  const log = new Logger("queue");
  // Without the rest of its address, which may hold a password.
  const where = `${redis.options.host}:${redis.options.port}`;
  let away = false;
  const gone = (error: Error & { code?: string }) => {
    if (away) return;
    away = true;
    log.warn(
      `Redis at ${where} is waited for (${error.message || error.code}). Webhooks are stored meanwhile, and what they bring is done when it is there.`,
    );
  };
  const there = () => {
    if (away) log.log(`Redis at ${where} is there again.`);
    away = false;
  };
  // One that refuses our password lets itself be connected to, too, again and again.
  const answers = () => void redis.ping().then(there, () => {});
  redis.on("error", gone).on("ready", answers);
  return () => void redis.off("error", gone).off("ready", answers);
}
