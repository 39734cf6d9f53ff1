import type { FastifyInstance } from "fastify";
import { forbidden, notFound, Problem } from "../kommo/api/problem.ts";
import { installFromWidget, uninstall } from "../kommo/oauth/installing.ts";
import { oneTimeToken } from "../kommo/oauth/one-time-token.ts";
import type { Texts } from "../kommo/widgets/archive.ts";
import type { Widget } from "../kommo/widgets/widgets.ts";
import type { World } from "../kommo/world.ts";
import { type Visitor, visitorOf } from "./visitor.ts";
import type { SaveWidget, StageAction, WidgetItem } from "./wire.ts";

/** What the loader, the settings and the base class of widgets ask of Kommo. */
export function widgetRoutes(app: FastifyInstance, world: World): void {
  app.post("/ajax/widgets/list", async (request) => {
    const visitor = visitorOf(world, request);
    const area = String((request.body as { area?: unknown } | undefined)?.area ?? "");
    const shown = world.widgets.all().filter((widget) => isShownIn(widget, area));
    return shown.map((widget) => itemOf(world, visitor, widget));
  });

  /** Install, save and disable are one button each and one request. */
  app.post("/ajax/widgets/save", async (request) => {
    const visitor = visitorOf(world, request);
    const { account, user } = visitor;
    const { code, active, fields } = request.body as SaveWidget;
    const widget = world.widgets.get(code);
    if (!widget) throw notFound();
    if (!user.is_admin) throw forbidden("Only an administrator may change integrations.");
    const before = world.widgets.installation(account.id, code).active;
    world.widgets.save(account.id, code, { active: active === "Y", settings: fields });
    const integration = world.integrations.get(widget.client_id)!;
    if (active === "Y" && !before) await installFromWidget(world, account, integration, user.id);
    if (active === "N" && before) await uninstall(world, account, integration);
    return itemOf(world, visitor, widget);
  });

  app.get("/ajax/digital_pipeline/:pipeline", async (request): Promise<StageAction[]> => {
    const { account } = visitorOf(world, request);
    const pipelineId = Number((request.params as { pipeline: string }).pipeline);
    return world.digitalPipeline.of(account).flatMap(({ url, pipeline_id, status_id, settings }) => {
      const widget = world.widgets.all().find(({ archive }) => archive.manifest.dp?.webhook_url === url);
      if (!widget || pipeline_id !== pipelineId) return [];
      return [{ code: widget.code, pipeline_id, status_id, settings: settings as Record<string, string> }];
    });
  });

  app.post("/ajax/digital_pipeline/save", async (request) => {
    const { account, user } = visitorOf(world, request);
    const { code, pipeline_id, status_id, settings } = request.body as StageAction;
    const dp = world.widgets.get(code)?.archive.manifest.dp;
    if (!dp) throw notFound();
    if (!user.is_admin) throw forbidden("Only an administrator may change the pipeline.");
    for (const [field, { required }] of Object.entries(dp.settings)) {
      if (required && !settings[field]) throw new Problem(400, `The field ${field} must not be empty.`);
    }
    world.digitalPipeline.put(account, { pipeline_id, status_id, url: dp.webhook_url, settings });
    return {};
  });

  /** Behind `$authorizedAjax`. */
  app.get("/ajax/v2/integrations/:uuid/disposable_token", async (request) => {
    const { account, user } = visitorOf(world, request);
    const integration = world.integrations.get((request.params as { uuid: string }).uuid);
    if (!integration) throw notFound();
    return { token: oneTimeToken(world, account, integration, user.id).token };
  });

  /** Behind `crm_post`: Kommo's servers make the request, so no CORS is asked for. */
  app.post("/ajax/widgets/crm_post", async (request) => {
    const { url, data } = request.body as { url: string; data: Record<string, string> };
    if (!URL.canParse(url)) throw new Problem(400, "crm_post needs a whole address.");
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(data) });
    return { status: answer.status, body: await answer.text() };
  });
}

/** By the page code that `APP.getWidgetsArea()` gives. */
function isShownIn({ code, archive }: Widget, area: string): boolean {
  const wanted: Record<string, string[]> = {
    leads_card: ["lcard-1", "lcard-0", "everywhere"],
    "leads-pipeline": ["llist-1", "llist-0", "everywhere"],
    widgetsSettings: archive.manifest.locations,
    digital_pipeline: ["digital_pipeline"],
    [`advanced-settings:${code}`]: ["advanced_settings"],
  };
  return archive.manifest.locations.some((location) => wanted[area]?.includes(location));
}

function itemOf(world: World, { account, user }: Visitor, { code, client_id, archive }: Widget): WidgetItem {
  const { manifest, texts } = archive;
  const language = texts.has(user.lang) ? user.lang : manifest.widget.locale[0]!;
  const say = (path: string) => textAt(texts.get(language), path);
  const { active, settings } = world.widgets.installation(account.id, code);
  const path = `/upl/${code}/widget`;
  return {
    code,
    id: 1_000_000 + account.id,
    src: `${path}/script.js`,
    lang: `${path}/i18n/${language}.json`,
    path,
    images_path: `${path}/images`,
    settings,
    installed_version: manifest.widget.version,
    init_once: manifest.widget.init_once ? "Y" : "N",
    active: active ? "Y" : "N",
    status: active ? "installed" : "install",
    oauth_client_uuid: client_id,
    name: say(manifest.widget.name),
    short_description: say(manifest.widget.short_description),
    description: say(manifest.widget.description),
    support: manifest.widget.support ?? {},
    category_id: 1,
    fields: Object.entries(manifest.settings).map(([field, { name, type, required }]) => {
      return { code: field, name: say(name), type, required };
    }),
    actionFields: Object.entries(manifest.dp?.settings ?? {}).map(([field, { name, required }]) => {
      return { code: field, name: say(name), required };
    }),
    hasAdvancedPage: manifest.locations.includes("advanced_settings"),
    advancedTitle: say("advanced.title"),
  };
}

function textAt(texts: Texts | undefined, path: string): string {
  let at: Texts | string | undefined = texts;
  for (const step of path.split(".")) at = typeof at === "object" ? at[step] : undefined;
  return typeof at === "string" ? at : path;
}
