import { strToU8, zipSync } from "fflate";

/** A widget as small as one can be, for looking at the host and not at the widget. */
interface Wish {
  /** The body of the constructor; `self` and `log` are there. */
  script?: string;
  /** The whole of script.js instead. */
  file?: string;
  locations?: string[];
  init_once?: boolean;
  more?: Record<string, string>;
  settings?: Record<string, { name: string; type: string; required: boolean }>;
}

const LOCALES = ["en", "es", "pt", "tr", "id"];
const GREETINGS: Record<string, string> = { en: "Hello", es: "Hola", pt: "Olá", tr: "Merhaba", id: "Halo" };
const LOGOS = ["logo", "logo_small", "logo_main", "logo_medium", "logo_min"];

/** Shows a greeting in the user's language in its box, the settings and on its own page. */
const GREETS = `
  this.callbacks = {
    render: function () {
      if (APP.isCard()) {
        self.render_template({ caption: { class_name: "small-caption" }, body: '<div class="small-root"></div>', render: "" });
      }
      return true;
    },
    init: function () {
      $("#widgets_block .card-widgets__widget-" + self.params.widget_code + " .small-root")
        .text(self.i18n("greeting") + " " + (APP.data.current_card && APP.data.current_card.id));
      return true;
    },
    bind_actions: function () { return true; },
    settings: function ($body) { $body.find(".widget_settings_block__descr").after('<p class="small-settings">' + self.i18n("greeting") + "</p>"); },
    advancedSettings: function () { $("#work-area-" + self.params.widget_code).append('<p class="small-page">' + self.i18n("greeting") + "</p>"); },
    onSave: function () { return true; },
    destroy: function () { return true; },
  };`;

export function smallWidget({
  script = GREETS,
  file,
  locations,
  init_once = false,
  more = {},
  settings = {},
}: Wish = {}) {
  const manifest = {
    widget: {
      name: "widget.name",
      description: "widget.description",
      short_description: "widget.short_description",
      version: "1.2.3",
      interface_version: 2,
      init_once,
      locale: LOCALES,
      installation: true,
      support: { link: "https://example.com", email: "help@example.com" },
    },
    locations: locations ?? ["lcard-1", "settings", "advanced_settings"],
    settings,
  };
  const texts = (lang: string) => ({
    widget: { name: "Small widget", short_description: "Says hello", description: "Says hello on every card." },
    advanced: { title: "Small settings" },
    settings: Object.fromEntries(Object.keys(settings).map((code) => [code, code])),
    greeting: GREETINGS[lang],
  });
  return zipSync({
    "manifest.json": json(manifest),
    "script.js": strToU8(
      file ??
        `define(["jquery"], function ($) {\n  return function () {\n    var self = this;${script}\n    return this;\n  };\n});\n`,
    ),
    ...Object.fromEntries(LOCALES.map((lang) => [`i18n/${lang}.json`, json(texts(lang))])),
    ...Object.fromEntries(LOGOS.map((name) => [`images/${name}.png`, PIXEL])),
    ...Object.fromEntries(Object.entries(more).map(([path, text]) => [path, strToU8(text)])),
  });
}

function json(value: unknown): Uint8Array {
  return strToU8(JSON.stringify(value));
}

/** A picture of one grey point. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNsaGgAAAKDAYHWSfpjAAAAAElFTkSuQmCC",
  "base64",
);
