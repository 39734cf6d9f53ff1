import { expect, inject } from "vitest";
import { fault } from "./fault.ts";
import { send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { OwnRedis } from "./own-stores.ts";
import { TcpProxy } from "./tcp-proxy.ts";

for (const way of ["cut", "stalled"] as const) {
  fault(
    `asked to stop while the way to its stores is ${way}, a server ends in 30 seconds, and others go on`,
    {},
    async (scene) => {
      const { appUrl } = inject("postgres");
      const redis = await OwnRedis.open(scene);
      const toPostgres = await TcpProxy.before(appUrl);
      scene.closing(() => toPostgres.stop());
      const stage = await scene.open(
        { roles: ["web", "worker"] },
        { appUrl: toPostgres.through(appUrl), redisUrl: redis.url },
      );
      const [installed] = await stage.install(1, settings);
      const { accountId } = installed!;
      const before = await send(stage, scene.random, { accountId, count: 20, of: "Before" });
      const told = async () => (await stage.control<{ idle: boolean }>("hooks/idle")).idle;
      await stage.until("Kommo has told of all", told);
      await toPostgres.turn(way);
      await redis.proxy.turn(way);
      const [, worker] = stage.servers;
      worker!.signal("SIGTERM");
      await stage.until("it has ended", async () => !worker!.isRunning, 30_000);
      expect(await worker!.ended).toEqual({ code: 0, signal: null });
      await toPostgres.turn("open");
      await redis.proxy.turn("open");
      await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "heir" });
      const after = await send(stage, scene.random, { accountId, count: 10, of: "After" });
      expect(await breaches(stage, [...before, ...after])).toEqual([]);
    },
  );
}
