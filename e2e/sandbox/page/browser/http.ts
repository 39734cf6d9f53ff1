const YEAR_MS = 365 * 86_400_000;

export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(path, init);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, body.detail ?? answer.statusText);
  return body;
}

export function load<T>(path: string): Promise<T> {
  return ask<T>(path);
}

export function post<T>(path: string, body: object): Promise<T> {
  return ask<T>(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Kommo pages remember little things in cookies. */
export function remember(name: string, value: string): Promise<void> {
  return cookieStore.set({ name, value, path: "/", sameSite: "lax", expires: Date.now() + YEAR_MS });
}

export function remembered(name: string): string | undefined {
  return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1];
}
