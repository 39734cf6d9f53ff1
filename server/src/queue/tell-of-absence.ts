import { Logger } from "@nestjs/common";
import type { Redis } from "ioredis";

/** Says once that Redis is waited for, at the start or later, and once that it is there; ioredis would say it for every try. */
export function tellOfAbsence(redis: Redis) {
  const log = new Logger("queue");
  // Without the rest of its address, which may hold a password.
  const where = `${redis.options.host}:${redis.options.port}`;
  let away = false;
  redis.on("error", (error: Error & { code?: string }) => {
    if (away) return;
    away = true;
    log.warn(
      `Redis at ${where} is waited for (${error.message || error.code}). Webhooks are stored meanwhile, and what they bring is done when it is there.`,
    );
  });
  redis.on("ready", () => {
    if (away) log.log(`Redis at ${where} is there again.`);
    away = false;
  });
}
