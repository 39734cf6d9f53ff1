import type { KommoWidget } from "./kommo.ts";

/** An answer to a request that carried Kommo's one-time token. `status` 0: there was none. */
export interface TokenAnswer {
  status: number;
  body: unknown;
}

/** Sends one POST with a fresh one-time token, by Kommo's own means. Never rejects. */
export function postWithToken(widget: KommoWidget, url: string): Promise<TokenAnswer> {
  return new Promise((resolve) => {
    widget.$authorizedAjax({ url, method: "POST", dataType: "json" }).then(
      (body) => resolve({ status: 200, body }),
      ({ status = 0, responseText = "" } = {}) => resolve({ status, body: parsed(responseText) }),
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
