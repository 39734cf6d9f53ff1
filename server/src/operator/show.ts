import type { FastifyReply } from "fastify";
import type { FunctionComponent } from "react";

/** No script runs in these pages, nothing is loaded from elsewhere, nothing frames them, and no browser keeps them. */
export const PAGE_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex",
} as const;

/**
 * Answers with a page. React escapes every text in it, and is loaded, like the page, when the first one is asked for: a server that nobody
 * looks at does without.
 */
export async function show<Props extends object>(
  reply: FastifyReply,
  load: () => Promise<FunctionComponent<Props>>,
  props: Props,
) {
  const [{ renderToStaticMarkup }, { createElement }, Page] = await Promise.all([
    import("react-dom/server"),
    import("react"),
    load(),
  ]);
  const html = `<!doctype html>${renderToStaticMarkup(createElement(Page, props))}`;
  return reply.headers(PAGE_HEADERS).type("text/html; charset=utf-8").send(html);
}
