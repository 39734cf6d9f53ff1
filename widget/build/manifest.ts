export const LOCALES = ["en", "es", "pt", "tr", "id"] as const;

/** Whom people turn to, as Kommo shows it beside the widget. */
export interface Support {
  link: string;
  email: string;
}

/** @param origin where our backend is: Kommo calls the same address for every account */
export const manifest = (version: string, origin: string, support: Support) => ({
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
  locations: ["lcard-1", "settings", "advanced_settings", "digital_pipeline"],
  tour: {
    is_tour: true,
    tour_images: Object.fromEntries(LOCALES.map((locale) => [locale, [`/images/tour_${locale}.png`]])),
    tour_description: "widget.tour_description",
  },
  settings: { custom: { name: "settings.custom", type: "custom", required: false } },
  dp: {
    // Which of the two actions it is, and the account's key; our settings screen fills in both.
    settings: {
      action: { name: "settings.action", type: "text", required: true },
      key: { name: "settings.key", type: "text", required: true },
    },
    action_multiple: false,
    webhook_url: `${origin}/hooks/kommo/dp`,
  },
  advanced: { title: "advanced.title" },
});
