import type { WidgetItem } from "../../wire.ts";
import { boot } from "../api.ts";
import { app } from "../host/app.ts";
import { sandbox } from "../host/recorder.ts";
import { load } from "../http.ts";
import { SYSTEM_CONTROLS, twig } from "./templates.ts";

type Callback = (...args: unknown[]) => unknown;

/** A constructed widget: what its author wrote on top of the base methods. */
export interface Widget extends BaseMethods {
  callbacks: Record<string, Callback | undefined>;
  ns: string;
  init_once: boolean;
  params: Record<string, unknown>;
  langs: object;
}

interface BoxOptions {
  caption?: { class_name?: string; html?: string };
  body?: string;
  render?: string;
}

export type BaseMethods = ReturnType<typeof baseMethods>;

/** Places on the page that a widget calls by a name of their own. */
const AREAS: Record<string, string> = { leads_card: "lcard", "leads-pipeline": "llist", widgetsSettings: "settings" };

/** The prototype that a script's constructor is given before it is called. */
export function baseMethods(item: WidgetItem, boxAdded: () => void) {
  const { code } = item;
  return {
    params: {} as Record<string, unknown>,
    langs: {} as object,

    get_settings(this: Widget) {
      return this.params;
    },
    set_settings(this: Widget, change: object) {
      this.params = { ...this.params, ...change };
    },
    system() {
      const { account, user } = boot;
      return {
        area: app.area.startsWith("advanced-settings:") ? "advanced_settings" : (AREAS[app.area] ?? app.area),
        amouser_id: user.id,
        amouser: user.email,
        amohash: "",
        subdomain: account.subdomain,
        domain: account.host,
        server: "https://www.kommo.com",
        displayed_count: 0,
      };
    },
    i18n(this: Widget, path: string) {
      let at: unknown = this.langs;
      for (const step of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[step];
      return at;
    },
    set_lang(this: Widget, langs: object) {
      this.langs = langs;
    },
    get_version: () => item.installed_version,
    get_install_status: () => item.status,
    set_status(status: string) {
      sandbox.statuses[code] = status;
    },

    render(this: Widget, { ref, data }: { ref?: string; data?: string; href?: string }, params: object = {}): string {
      const control = /^\/tmpl\/controls\/(\w+)\.twig$/.exec(ref ?? "")?.[1];
      return twig(data ?? SYSTEM_CONTROLS[control ?? ""] ?? "", params);
    },
    /** Puts the widget's box into the right panel, at once. */
    render_template(this: Widget, { caption = {}, body = "", render = "" }: BoxOptions, params: object = {}) {
      const place = document.querySelector("#widgets_block .card-widgets__elements");
      if (!place) return;
      const $box = $("<div>", {
        class: `card-widgets__widget card-widgets__widget-${code}`,
        "data-code": code,
        id: code,
      });
      const logo = (name: string) =>
        `<img class="card-widgets__logo_${name}" src="${item.images_path}/logo_${name}.png" alt="">`;
      $("<div>", {
        class: `js-widget-caption-block card-widgets__widget__caption ${caption.class_name ?? ""}`,
        html: caption.html ?? logo("medium") + logo("min"),
      }).appendTo($box);
      $("<div>", { class: "card-widgets__widget__body", html: body || twig(render, params) }).appendTo($box);
      $(place).append($box);
      boxAdded();
    },

    /** jQuery's ajax with a fresh one-time token of this user. */
    $authorizedAjax(options: JQuery.AjaxSettings & { url: string }) {
      sandbox.authorizedAjax.push({ code, url: options.url });
      const done = $.Deferred();
      load<{ token: string }>(`/ajax/v2/integrations/${item.oauth_client_uuid}/disposable_token`).then(
        ({ token }) => {
          const headers = { ...(options.headers as Record<string, string>), "X-Auth-Token": token };
          $.ajax({ ...options, headers }).then(done.resolve, done.reject);
        },
        (error: Error) => done.reject(error),
      );
      return done.promise();
    },
    crm_post(
      url: string,
      data: object,
      succeeded?: (answer: unknown) => void,
      type = "json",
      failed?: (error: unknown) => void,
    ) {
      $.ajax({
        url: "/ajax/widgets/crm_post",
        method: "POST",
        contentType: "application/json",
        data: JSON.stringify({ url, data }),
      }).then(
        ({ body }: { body: string }) => succeeded?.(type === "json" ? JSON.parse(body) : body),
        (error) => failed?.(error),
      );
    },

    list_selected: () => ({ selected: [] as unknown[] }),
    widgetsOverlay: (_isShown: boolean) => {},
    add_action: (_type: string, _action: Callback) => {},
    add_source: (_type: string, _source: Callback) => {},
    get_pipeline_id: () => boot.pipelines[0]?.id ?? 0,
    setSdkCatalogId: (_id: number) => {},
  };
}
