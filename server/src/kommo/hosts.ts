/**
 * Whether `host` is an account's own host: one DNS label below an allowed domain, nothing else. The client secret is
 * sent to this host, and its name comes from a query parameter that anybody can write.
 */
export function isAccountHost(host: string, domains: readonly string[]): boolean {
  const dot = host.indexOf(".");
  const label = host.slice(0, dot);
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label) && domains.includes(host.slice(dot + 1));
}

/** `referer` of a callback: a bare host in Kommo's documents; a scheme and a trailing slash are tolerated. */
export function hostOfReferer(referer: string): string {
  return referer
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, "")
    .replace(/\/$/, "");
}
