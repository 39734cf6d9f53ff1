import type { FastifyInstance } from "fastify";
import type { World } from "../kommo/world.ts";
import { assetRoutes } from "./assets.ts";
import { liveRoutes } from "./live.ts";
import { pageRoutes } from "./pages.ts";
import { widgetRoutes } from "./widget-routes.ts";

/** What people see of Kommo, beside what programs see of it. */
export function hostPageRoutes(app: FastifyInstance, world: World): void {
  assetRoutes(app, world);
  pageRoutes(app, world);
  liveRoutes(app, world);
  widgetRoutes(app, world);
}
