import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "@dealscope/shared/api-error";
import { Session } from "@dealscope/shared/session";
import { expect } from "vitest";
import type { z } from "zod";
import { type Surroundings, startWorld, type World } from "./world.ts";

/** Nothing here is about Kommo's limits, so they are far away. */
export function startApiWorld(): Promise<World> {
  return startWorld({
    env: { KOMMO_ACCOUNT_RPS: "500", KOMMO_EGRESS_RPS: "500" },
    kommo: { switches: { ratePerSecond: 1_000 } },
  });
}

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface Ask {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS";
  token?: string | undefined;
  oneTimeToken?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One request as the widget's `fetch` makes it. */
export async function ask(world: Surroundings, path: string, wish: Ask = {}): Promise<Answer> {
  const { method = "GET", token, oneTimeToken, body, headers } = wish;
  const response = await fetch(new URL(path, world.config.PUBLIC_URL), {
    method,
    // Where it is led to is the answer.
    redirect: "manual",
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(oneTimeToken === undefined ? {} : { "x-auth-token": oneTimeToken }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, body: isJson && text !== "" ? JSON.parse(text) : text };
}

export function oneTimeToken(
  world: Surroundings,
  account: number,
  user_id: number,
  claims?: Record<string, unknown>,
): string {
  return world.kommo.control.oauth.oneTimeToken({ account, user_id, ...(claims ? { claims } : {}) }).token;
}

/** A user with the widget open. Answers must have the documented form, else the test fails. */
export class Browser {
  private constructor(
    private readonly world: Surroundings,
    readonly session: Session,
  ) {}

  static async open(world: Surroundings, account: number, userId: number): Promise<Browser> {
    const answer = await ask(world, "/api/session", {
      method: "POST",
      oneTimeToken: oneTimeToken(world, account, userId),
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return new Browser(world, Session.parse(answer.body));
  }

  /** Slows down when asked to, as the widget does: tests look again and again. */
  async ask(path: string, wish: Ask = {}): Promise<Answer> {
    const answer = await ask(this.world, path, { token: this.session.token, ...wish });
    if (ApiError.safeParse(answer.body).data?.error.code !== "too_many_requests") return answer;
    await sleep(1_000);
    return this.ask(path, wish);
  }

  async get<T extends z.ZodType>(schema: T, path: string): Promise<z.output<T>> {
    return this.send(schema, path, { method: "GET" });
  }

  async send<T extends z.ZodType>(schema: T, path: string, wish: Ask): Promise<z.output<T>> {
    const answer = await this.ask(path, { method: "POST", ...wish });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return schema.parse(answer.body);
  }

  /** @returns the refusal, as a status and a code */
  async refusal(path: string, wish: Ask = {}): Promise<[number, string]> {
    return refusalIn(await this.ask(path, wish));
  }
}

export function refusalIn(answer: Answer): [number, string] {
  return [answer.status, ApiError.parse(answer.body).error.code];
}
