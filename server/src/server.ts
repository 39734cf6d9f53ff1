import { setTimeout as sleep } from "node:timers/promises";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { AppModule } from "./app.module.ts";
import type { Config } from "./config.ts";
import { tellOfUnbelievedProxies } from "./http/unbelieved-proxies.ts";
import { PinoLogger } from "./logging.ts";
import { meterRequests } from "./operations/http-meter.ts";
import { Turns } from "./queue/turns.ts";
import { CustomerIoDoor } from "./webhooks/customerio-door.ts";
import { DigitalPipelineDoor } from "./webhooks/digital-pipeline-door.ts";
import { Door } from "./webhooks/door.ts";
import { openWidgetApi } from "./widget-api/open.ts";
import { refuseBadPath } from "./widget-api/refusals.ts";

/** How long a request may take to arrive, and how often it is looked whether one has taken longer. */
const ARRIVES_WITHIN_MS = 30_000;
const LOOK_MS = 1_000;
/** How long running work may take after a stop was asked for. */
const DRAIN_MS = 25_000;
/** How long closing may take after that: it says goodbye to stores, which may be away. Who is asked to end is killed after 30 s. */
const CLOSE_MS = 4_000;

export interface RunningServer {
  app: NestFastifyApplication;
  url: string;
  /** Finishes what is running, gives the rest to others, and closes. */
  stop(): Promise<void>;
}

/** Starts the server in this process; the database has been migrated. */
export async function startServer(config: Config): Promise<RunningServer> {
  const adapter = new FastifyAdapter({
    trustProxy: config.TRUSTED_PROXIES,
    forceCloseConnections: "idle",
    requestTimeout: ARRIVES_WITHIN_MS,
    http: { connectionsCheckingInterval: LOOK_MS },
    frameworkErrors: refuseBadPath,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    logger: new PinoLogger(config.LOG_LEVEL),
    abortOnError: false,
  });
  meterRequests(adapter.getInstance());
  tellOfUnbelievedProxies(adapter.getInstance());
  if (config.ROLE !== "worker") {
    app.get(Door).open(adapter.getInstance());
    app.get(DigitalPipelineDoor).open(adapter.getInstance());
    app.get(CustomerIoDoor).open(adapter.getInstance());
  }
  openWidgetApi(app, config);
  await app.listen(config.PORT, config.HOST);
  return {
    app,
    url: await app.getUrl(),
    async stop() {
      await Promise.race([app.get(Turns).drain(), sleep(DRAIN_MS, undefined, { ref: false })]);
      await Promise.race([app.close(), sleep(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}
