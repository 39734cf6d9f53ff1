import { Problem, problemIn, silence } from "./problem.ts";
import type { OpenSession, SessionHolder } from "./session.ts";

export interface Wish {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
}

/** The one place from which our backend is asked. */
export class Client {
  constructor(private readonly sessions: SessionHolder) {}

  session(): Promise<OpenSession> {
    return this.sessions.get();
  }

  /** The next question begins with a new session. */
  forgetSession() {
    this.sessions.forget();
  }

  /** @throws Problem */
  connectAddress(): Promise<string> {
    return this.sessions.connectAddress();
  }

  /**
   * @param path such as `/api/queue`; the type of the answer is what `shared` says of that route
   * @throws Problem
   */
  async ask<Answer>(path: string, wish: Wish = {}): Promise<Answer> {
    return read(await this.answer(path, wish));
  }

  /**
   * What is answered as a file.
   * @throws Problem
   */
  async file(path: string): Promise<Blob> {
    const response = await this.answer(path, {});
    return response.ok ? response.blob() : read(response);
  }

  private async answer(path: string, wish: Wish): Promise<Response> {
    const { token } = await this.sessions.get();
    const first = await send(path, token, wish);
    if (first.status !== 401) return first;
    await this.sessions.over(token);
    const fresh = await this.sessions.get();
    return send(path, fresh.token, wish);
  }
}

async function send(path: string, token: string, { method = "GET", body, signal }: Wish): Promise<Response> {
  try {
    return await fetch(`${DEALSCOPE_URL}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw silence();
  }
}

async function read<Answer>(response: Response): Promise<Answer> {
  const body = await response.json().catch(() => undefined);
  if (!response.ok) throw problemIn(body, { retryAfter: response.headers.get("retry-after") });
  if (body === undefined) throw new Problem("failed");
  return body as Answer;
}
