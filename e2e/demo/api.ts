import { z } from "zod";

/** Our server's API as the widget of one user asks it. */
export interface Api {
  token: string;
  ask(method: string, path: string, body?: object): Promise<unknown>;
}

/** @param oneTimeToken as Kommo gives it to the widget */
export async function openSession(serverUrl: string, oneTimeToken: string): Promise<Api> {
  const headers = { "x-auth-token": oneTimeToken };
  const answer = await fetch(`${serverUrl}/api/session`, { method: "POST", headers });
  const { token } = z.object({ token: z.string() }).parse(await answer.json());
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) };
    const answer = await fetch(serverUrl + path, { method, headers, body: body ? JSON.stringify(body) : null });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return { token, ask };
}

const Saved = z.object({ version: z.number(), settings: z.object({ engagement: z.object({}).loose() }).loose() });

/** Changes some of the account's settings; the rest of them stays. */
export async function changeSettings({ ask }: Api, change: object): Promise<void> {
  const { version, settings } = Saved.parse(await ask("GET", "/api/settings"));
  await ask("PUT", "/api/settings", { version, settings: { ...settings, ...change } });
}

/** The same of what goes to Customer.io. */
export async function changeEngagement({ ask }: Api, change: object): Promise<void> {
  const { version, settings } = Saved.parse(await ask("GET", "/api/settings"));
  const engagement = { ...settings.engagement, ...change };
  await ask("PUT", "/api/settings", { version, settings: { ...settings, engagement } });
}
