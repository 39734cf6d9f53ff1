import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export type Claims = Record<string, unknown>;

/** Kommo publishes no key for its access tokens, so a client can only treat them as opaque. */
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

export function signAccessToken(claims: Claims, key: KeyObject = privateKey): string {
  const unsigned = `${part({ typ: "JWT", alg: "RS256" })}.${part(claims)}`;
  return `${unsigned}.${sign("sha256", Buffer.from(unsigned), key).toString("base64url")}`;
}

export function signOneTimeToken(claims: Claims, secret: string): string {
  const unsigned = `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}`;
  return `${unsigned}.${createHmac("sha256", secret).update(unsigned).digest("base64url")}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
