export const LOCALES = ["en", "es", "pt", "tr", "id"] as const;

/** Whom people turn to, as Kommo shows it beside the widget. */
export interface Support {
  link: string;
  email: string;
}

export const manifest = (version: string, support: Support) => ({
  widget: {
    name: "widget.name",
    description: "widget.description",
    short_description: "widget.short_description",
    version,
    interface_version: 2,
    init_once: false,
    locale: LOCALES,
    installation: true,
    support,
  },
  locations: ["lcard-1", "settings", "advanced_settings"],
  tour: {
    is_tour: true,
    tour_images: Object.fromEntries(LOCALES.map((locale) => [locale, [`/images/tour_${locale}.png`]])),
    tour_description: "widget.tour_description",
  },
  settings: { custom: { name: "settings.custom", type: "custom", required: false } },
  advanced: { title: "advanced.title" },
});
