/** Advisories about packages that are shipped with the server or the widget, and why they do not touch us. */
export const EXPLAINED: readonly { advisory: string; of: string; why: string }[] = [
  {
    advisory: "GHSA-w5hq-g745-h8pq",
    of: "uuid",
    why: "It is about v3, v5 and v6 with a buffer of one's own. Bull asks for v4 alone, and without one.",
  },
];

/** Packages of which advisories are known and that are never shipped. */
export const NEVER_SHIPPED: readonly { of: string; why: string }[] = [
  ...["jquery", "moment", "underscore", "requirejs"].map((of) => ({
    of,
    why: "The sandbox's page has the very versions that Kommo's page has, so that the widget is tried beside them.",
  })),
];
