import { Clock } from "../clock.ts";
import { controlRoutes } from "../control-routes.ts";
import { FaultScript } from "../faults.ts";
import { Ledger } from "../ledger.ts";
import { seededRandom } from "../weather.ts";
import { Changes } from "./changes.ts";
import { type Control, makeControl, statusOf } from "./control/control.ts";
import { DigitalPipeline } from "./hooks/digital-pipeline.ts";
import { Outbox } from "./hooks/outbox.ts";
import { WebhookSender } from "./hooks/sender.ts";
import { Grants } from "./oauth/grants.ts";
import { type Integration, newIntegration } from "./oauth/integration.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { buildServer } from "./server.ts";
import type { Shared } from "./state/account.ts";
import { Ids } from "./state/ids.ts";
import { DEFAULT_SWITCHES, type Switches } from "./switches.ts";
import { Widgets } from "./widgets/widgets.ts";
import { Accounts, type World } from "./world.ts";

export interface KommoOptions {
  /** 0, the default, is a free one. */
  port?: number;
  host?: string;
  /** How long each call takes before it is handled. */
  latencyMs?: number;
  switches?: Partial<Switches>;
  integrations?: Partial<Integration>[];
  /** Paths of widget archives; each belongs to the integration at its place in the list. */
  widgets?: string[];
  /** The retry ladder of webhooks runs so many times faster. */
  timeScale?: number;
  hookTimeoutMs?: number;
  /** Webhooks under way at once. */
  hookConcurrency?: number;
  /** Without bodies the ledger stays small in long runs. */
  keepBodies?: boolean;
  /** Of the weather and the fault script. */
  seed?: number;
}

export interface KommoSandbox {
  origin: string;
  control: Control;
  stop(): Promise<void>;
}

export async function startKommo(options: KommoOptions = {}): Promise<KommoSandbox> {
  const world = buildWorld(options);
  const app = buildServer(world);
  const control = makeControl(world);
  for (const [index, file] of (options.widgets ?? []).entries()) {
    control.widgets.upload({ file, client_id: [...world.integrations.keys()][index] });
  }
  controlRoutes(app, control, statusOf);
  const origin = await app.listen({ port: options.port ?? 0, host: options.host ?? "127.0.0.1" });
  const stop = async () => {
    world.sender.stop();
    world.digitalPipeline.stop();
    world.clock.stop();
    await app.close();
  };
  return { origin, control, stop };
}

function buildWorld(options: KommoOptions): World {
  const clock = new Clock();
  const switches = { ...DEFAULT_SWITCHES, ...options.switches };
  const random = seededRandom(options.seed ?? 1);
  const keepBodies = options.keepBodies ?? true;
  const deliveries = new Ledger({ keepBodies });
  const sender = new WebhookSender({
    clock,
    switches,
    random,
    ledger: deliveries,
    timeoutMs: options.hookTimeoutMs ?? 2000,
    timeScale: options.timeScale ?? 1,
    concurrency: options.hookConcurrency ?? 200,
  });
  const outbox = new Outbox(sender);
  const digitalPipeline = new DigitalPipeline({
    clock,
    switches,
    ledger: deliveries,
    timeoutMs: options.hookTimeoutMs ?? 2000,
  });
  const changes = new Changes();
  const announce: Shared["announce"] = (account, codes, item) => {
    outbox.announce(account, codes, item);
    digitalPipeline.announce(account, codes, item);
    changes.tell(account);
  };
  const integrations = (options.integrations ?? []).map(newIntegration);
  return {
    clock,
    switches,
    shared: { clock, switches, announce, ids: new Ids() },
    accounts: new Accounts(),
    integrations: new Map(integrations.map((integration) => [integration.client_id, integration])),
    grants: new Grants(clock),
    limiter: new RateLimiter(clock, switches),
    sender,
    digitalPipeline,
    faults: new FaultScript(random),
    ledger: new Ledger({ keepBodies }),
    deliveries,
    changes,
    widgets: new Widgets(),
    latencyMs: options.latencyMs ?? 0,
  };
}
