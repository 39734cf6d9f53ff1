import type { FastifyRequest } from "fastify";

export type Theme = "light" | "dark";

export function cookiesOf({ headers: { cookie = "" } }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(cookie.split(/;\s*/).map((pair) => pair.split("=", 2) as [string, string]));
}

/** One choice for all pages of the sandbox: cookies do not know ports. */
export function themeOf(request: FastifyRequest): Theme {
  return cookiesOf(request).sandbox_theme === "dark" ? "dark" : "light";
}
