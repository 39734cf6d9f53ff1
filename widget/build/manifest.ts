export const LOCALES = ["en", "es", "pt", "tr", "id"] as const;

export const manifest = (version: string) => ({
  widget: {
    name: "widget.name",
    description: "widget.description",
    short_description: "widget.short_description",
    version,
    interface_version: 2,
    init_once: false,
    locale: LOCALES,
    installation: true,
    support: { link: "https://dealscope.app/support", email: "support@dealscope.app" },
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
