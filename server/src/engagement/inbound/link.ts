import { createHash } from "node:crypto";

const LONGEST = 500;

/**
 * What may be shown of a link: where it leads, without query and fragment, which may hold a key. Null for anything but
 * http and https.
 */
export function shownLink(href: string | null): string | null {
  if (href === null || !URL.canParse(href)) return null;
  const { protocol, host, pathname } = new URL(href);
  if (protocol !== "https:" && protocol !== "http:") return null;
  return `${protocol}//${host}${pathname}`.slice(0, LONGEST);
}

/** By what two links of one mail are told apart, although their queries are forgotten. */
export function linkKey(href: string | null, linkId: string | null): string | null {
  if (linkId !== null) return `#${linkId}`;
  return href === null ? null : createHash("sha256").update(href).digest("base64url").slice(0, 16);
}
