import { createHmac, generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { SessionTokens } from "../src/widget-api/session-tokens.ts";
import { oneTimeToken } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

/** Whose tokens are forged. */
export interface Whose {
  accountId: number;
  userId: number;
}

type Forgery = () => string | undefined | Promise<string>;

const seconds = () => Math.floor(Date.now() / 1000);
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** The same claims without a signature, by whatever name an attacker writes "none". */
const unsigned = (token: string, alg = "none") => `${encoded({ alg, typ: "JWT" })}.${encoded(claimsOf(token))}.`;

/** Other claims above the genuine signature. */
function tampered(token: string, change: object): string {
  const [header, , signature] = token.split(".");
  return `${header}.${encoded({ ...claimsOf(token), ...change })}.${signature}`;
}

const signedBy = (token: string, alg: string, key: Parameters<SignJWT["sign"]>[0]) =>
  new SignJWT(claimsOf(token)).setProtectedHeader({ alg }).sign(key);

/** The header says one algorithm and the signature is made by another: for servers that believe the header. */
function mislabelled(token: string, says: string, key: Buffer): string {
  const text = `${encoded({ alg: says, typ: "JWT" })}.${encoded(claimsOf(token))}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

const derivedKey = (world: World, purpose: string) =>
  createHmac("sha256", world.config.SECRET_KEYS[0]!.key).update(purpose).digest();
const anotherSecret = Buffer.from("another_secret_of_at_least_32_characters_");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

/** A session as the server makes it. */
export const sessionOf = async (world: World, { accountId, userId }: Whose) =>
  (await world.server.app.get(SessionTokens).issue(accountId, userId)).token;

/** Everything that is sent in place of a session of this user, and is none. */
export function badSessions(world: World, whose: Whose): Record<string, Forgery> {
  const genuine = () => sessionOf(world, whose);
  const resigned = (change: (jwt: SignJWT) => SignJWT, key = derivedKey(world, "session")) =>
    change(
      new SignJWT({ account: whose.accountId })
        .setIssuer("dealscope")
        .setSubject(String(whose.userId))
        .setExpirationTime(seconds() + 900)
        .setProtectedHeader({ alg: "HS256" }),
    ).sign(key);
  return {
    "no token": () => undefined,
    "an empty token": () => "",
    "a text that is no token": () => "hello",
    "a session with alg=none": async () => unsigned(await genuine()),
    "a session with alg=NoNe": async () => unsigned(await genuine(), "NoNe"),
    "a session without its signature": async () => (await genuine()).replace(/[^.]+$/, ""),
    "a session that was tampered with": async () => tampered(await genuine(), { account: whose.accountId + 1 }),
    "a session whose end was moved": async () => tampered(await genuine(), { exp: seconds() + 9_000 }),
    "a session that has run out": () => resigned((jwt) => jwt.setExpirationTime(seconds() - 1)),
    "a session of another issuer": () => resigned((jwt) => jwt.setIssuer("elsewhere")),
    "a session of a foreign server": () => resigned((jwt) => jwt, anotherSecret),
    "a session signed with the integration's secret": () =>
      resigned((jwt) => jwt, Buffer.from(world.config.KOMMO_CLIENT_SECRETS![0]!)),
    "a session signed with the key of OAuth states": () => resigned((jwt) => jwt, derivedKey(world, "oauth state")),
    "a session by another algorithm of the same key": async () =>
      signedBy(await genuine(), "HS512", derivedKey(world, "session")),
    "a session that says RS256 and is signed with the session key": async () =>
      mislabelled(await genuine(), "RS256", derivedKey(world, "session")),
    "a session signed with an RSA key": async () => signedBy(await genuine(), "RS256", rsa),
    "a one-time token of Kommo": () => oneTimeToken(world, whose.accountId, whose.userId),
  };
}

/** Everything that is sent in place of Kommo's one-time token of this user, and is none. */
export function badOneTimeTokens(
  world: World,
  whose: Whose & { foreignAccountId: number },
  spent: string,
): Record<string, Forgery> {
  const token = (claims?: Record<string, unknown>) => oneTimeToken(world, whose.accountId, whose.userId, claims);
  const host = (account: number) => world.kommo.control.accounts.show({ account }).host;
  const secret = Buffer.from(world.config.KOMMO_CLIENT_SECRETS![0]!);
  return {
    "no token": () => undefined,
    "an empty token": () => "",
    "a text that is no token": () => "hello",
    "a token with alg=none": () => unsigned(token()),
    "a token signed with another secret": () => signedBy(token(), "HS256", anotherSecret),
    "a token signed with our secret by another algorithm": () => signedBy(token(), "HS512", secret),
    "a token that says RS256 and is signed with our secret": () => mislabelled(token(), "RS256", secret),
    "a token whose claims were changed": () => tampered(token(), { user_id: 1 }),
    "a token that has run out": () => token({ exp: seconds() - 120 }),
    "a token that is not valid yet": () => token({ nbf: seconds() + 120 }),
    "a token that never runs out": () => token({ exp: undefined }),
    "a token for another site": () => token({ aud: "https://elsewhere.example" }),
    "a token for another integration": () => token({ client_uuid: "11111111-1111-4111-8111-111111111111" }),
    "a token without an id": () => token({ jti: undefined }),
    "a token from another account's host": () => token({ iss: `https://${host(whose.foreignAccountId)}` }),
    "a token from a host that is not Kommo's": () => token({ iss: "https://acme.evil.example" }),
    "a token from an unsafe address": () => token({ iss: `http://${host(whose.accountId)}` }),
    "a token that was used before": () => spent,
    "a session of ours": () => sessionOf(world, whose),
  };
}
