import { BullModule } from "@nestjs/bull";
import { Module } from "@nestjs/common";
import { Redis } from "ioredis";
import { CONFIG, type Config } from "../config.ts";
import { Bell, TURNS } from "./bell.ts";
import { QueueBoard } from "./board.ts";
import { Sweep } from "./sweep.ts";
import { Turns } from "./turns.ts";

/** The only importer of Bull. Redis rings here and remembers nothing that PostgreSQL does not know. */
@Module({
  imports: [
    BullModule.registerQueueAsync({
      name: TURNS,
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        prefix: "dealscope",
        createClient: (type) => {
          const redis = new Redis(config.REDIS_URL, {
            connectionName: `dealscope-${type}`,
            // Bull's own blocking clients may not give up; the one that adds must, or a ring would wait for Redis.
            maxRetriesPerRequest: null,
            enableReadyCheck: false,
            enableOfflineQueue: type !== "client",
          });
          // The bell says that Redis is away; ioredis would say it for every try.
          redis.on("error", () => {});
          return redis;
        },
        settings: {
          // A killed worker's turn is free again after at most five seconds, before the leases of its rows run out.
          lockDuration: 4_000,
          stalledInterval: 1_000,
          // A turn is harmless to repeat: what it does is fenced in PostgreSQL.
          maxStalledCount: 1_000,
          guardInterval: 1_000,
        },
      }),
    }),
  ],
  providers: [Bell, QueueBoard, Turns, Sweep],
  exports: [Bell, QueueBoard, Turns],
})
export class QueueModule {}
