import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import { SESSION_HOURS } from "./sessions.ts";

/** Under https the prefix keeps other hosts of our domain from setting it. */
function nameOf(isSecure: boolean): string {
  return isSecure ? "__Host-dealscope-operator" : "dealscope-operator";
}

/** @param isSecure whether browsers reach this server by https */
export function readCookie({ headers }: FastifyRequest, isSecure: boolean): string {
  return parseCookie(headers.cookie ?? "")[nameOf(isSecure)] ?? "";
}

/** An empty one signs out. */
export function setCookie(reply: FastifyReply, value: string, isSecure: boolean) {
  const cookie = stringifySetCookie({
    name: nameOf(isSecure),
    value,
    path: "/",
    httpOnly: true,
    secure: isSecure,
    sameSite: "strict",
    maxAge: value === "" ? 0 : SESSION_HOURS * 3_600,
  });
  reply.header("set-cookie", cookie);
}
