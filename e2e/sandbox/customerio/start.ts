import { Clock } from "../clock.ts";
import { controlRoutes } from "../control-routes.ts";
import { FaultScript } from "../faults.ts";
import { Ledger } from "../ledger.ts";
import { seededRandom } from "../weather.ts";
import { type Control, makeControl, statusOf } from "./control/control.ts";
import { Reporter } from "./hooks/reporter.ts";
import { WebhookSender } from "./hooks/sender.ts";
import { Mailer } from "./mail/mailer.ts";
import { pageRoutes } from "./page/routes.ts";
import { buildServer } from "./server.ts";
import { DEFAULT_SWITCHES, type Switches } from "./switches.ts";
import type { World } from "./world.ts";

export interface CustomerIoOptions {
  /** Of the US hosts; 0, the default, is a free one. */
  port?: number;
  /** Of the EU hosts. */
  euPort?: number;
  host?: string;
  switches?: Partial<Switches>;
  /** How long a receiver of webhooks has to answer; 4 s at the real one. */
  hookTimeoutMs?: number;
  /** Without bodies the ledger stays small in long runs. */
  keepBodies?: boolean;
  /** Of the weather and the fault script. */
  seed?: number;
}

export interface CustomerIoSandbox {
  /** Track and App API of a region stand side by side: `/api/v1`, `/api/v2` and `/v1`. */
  origins: { us: string; eu: string };
  control: Control;
  stop(): Promise<void>;
}

export async function startCustomerIo(options: CustomerIoOptions = {}): Promise<CustomerIoSandbox> {
  const world = buildWorld(options);
  const us = buildServer(world, "us");
  const eu = buildServer(world, "eu");
  const control = makeControl(world);
  controlRoutes(us, control, statusOf);
  pageRoutes(us, world);
  const host = options.host ?? "127.0.0.1";
  world.origins.us = await us.listen({ port: options.port ?? 0, host });
  world.origins.eu = await eu.listen({ port: options.euPort ?? 0, host });
  const stop = async () => {
    world.sender.stop();
    world.clock.stop();
    await Promise.all([us.close(), eu.close()]);
  };
  return { origins: world.origins, control, stop };
}

function buildWorld(options: CustomerIoOptions): World {
  const clock = new Clock();
  const switches = { ...DEFAULT_SWITCHES, ...options.switches };
  const random = seededRandom(options.seed ?? 1);
  const keepBodies = options.keepBodies ?? true;
  const deliveries = new Ledger({ keepBodies });
  const timeoutMs = options.hookTimeoutMs ?? 4000;
  const sender = new WebhookSender({ clock, ledger: deliveries, switches, random, timeoutMs });
  const reporter = new Reporter(sender, switches);
  const mailer = new Mailer({ clock, reporter, switches });
  return {
    clock,
    switches,
    sender,
    reporter,
    mailer,
    deliveries,
    unsubscribe: (workspace, message, at) => {
      const wasUnsubscribed = message.person.unsubscribed;
      message.person.set("unsubscribed", true, at);
      reporter.email(workspace, message, "unsubscribed", at);
      if (!wasUnsubscribed) reporter.subscription(workspace, message.person, "email");
    },
    surroundings: {
      clock,
      switches,
      subscriptionChanged: (workspace, person, by) => reporter.subscription(workspace, person, by),
      topicsChanged: (workspace, person, topics) => reporter.topics(workspace, person, topics),
      eventReceived: (workspace, event) => mailer.eventReceived(workspace, event),
    },
    workspaces: new Map(),
    faults: new FaultScript(random),
    ledger: new Ledger({ keepBodies }),
    origins: { us: "", eu: "" },
  };
}
