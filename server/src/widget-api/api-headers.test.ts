import { expect, test } from "vitest";
import { isApiPath, isWelcomeOrigin } from "./api-headers.ts";

const live = { KOMMO_DOMAINS: ["kommo.com", "amocrm.com"], KOMMO_LOOPBACK_ORIGIN: undefined };
const standIn = { ...live, KOMMO_LOOPBACK_ORIGIN: "http://127.0.0.1:4010" };

test.each(["https://acme.kommo.com", "https://acme-2.amocrm.com"])(
  "a page of the Kommo account %s may call",
  (origin) => {
    expect(isWelcomeOrigin(origin, live)).toBe(true);
  },
);

test.each([
  "http://acme.kommo.com",
  "https://acme.kommo.com.evil.example",
  "https://evil.example/acme.kommo.com",
  "https://a.b.kommo.com",
  "https://kommo.com",
  "https://acme.kommo.com:8443",
  "https://user@acme.kommo.com",
  "https://acmekommo.com",
  "null",
  "http://127.0.0.1:4010",
  "http://localhost:3000",
])("a page of %s may not call", (origin) => {
  expect(isWelcomeOrigin(origin, live)).toBe(false);
});

test("pages on this machine may call only where Kommo's stand-in is configured", () => {
  expect(isWelcomeOrigin("http://127.0.0.1:5173", standIn)).toBe(true);
  expect(isWelcomeOrigin("http://localhost:4010", standIn)).toBe(true);
  expect(isWelcomeOrigin("http://acme.localhost:4010", standIn)).toBe(true);
  expect(isWelcomeOrigin("http://127.0.0.1.evil.example", standIn)).toBe(false);
  expect(isWelcomeOrigin("http://acme.localhost.evil.example", standIn)).toBe(false);
  expect(isWelcomeOrigin("http://localhost@evil.example", standIn)).toBe(false);
});

test("only addresses below /api are the API's", () => {
  expect(["/api", "/api/queue", "/api?x=1"].every(isApiPath)).toBe(true);
  expect(["/apis", "/oauth/kommo/callback", "/webhooks/kommo/api"].some(isApiPath)).toBe(false);
});
