import type { RunningServer } from "../src/server.ts";

export const OPERATOR_TOKEN = "an-operator-token-of-some-length";

/** A browser without script: keeps its cookie, sends forms that stand in pages, and follows no redirect by itself. */
export class OperatorBrowser {
  cookie = "";

  constructor(
    readonly server: Pick<RunningServer, "url">,
    private readonly headers: Record<string, string> = {},
  ) {}

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.ask(path, { headers });
  }

  async text(path: string): Promise<string> {
    return (await this.get(path)).text();
  }

  /** Sends a form as it stands in `page`, filled in. */
  async send(page: string, action: string, fields: Record<string, string> = {}): Promise<Response> {
    const form = (await this.text(page)).split("<form").find((part) => part.includes(`action="${action}"`));
    if (!form) throw new Error(`${page} has no form for ${action}.`);
    const [, formKey = ""] = /name="formKey" value="([^"]+)"/.exec(form) ?? [];
    return this.post(action, { formKey, ...fields });
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const answer = await this.ask(path, { method: "POST", headers, body: new URLSearchParams(fields) });
    const [pair] = (answer.headers.get("set-cookie") ?? "").split(";");
    if (pair) this.cookie = pair;
    return answer;
  }

  signIn(token = OPERATOR_TOKEN, fields: Record<string, string> = {}): Promise<Response> {
    return this.post("/operator/sign-in", { name: "Ana", token, ...fields });
  }

  private ask(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...this.headers, ...(this.cookie ? { cookie: this.cookie } : {}), ...init.headers };
    return fetch(new URL(path, this.server.url), { redirect: "manual", ...init, headers });
  }
}
