import fc from "fast-check";
import { expect, test } from "vitest";
import { hostOfReferer, isAccountHost } from "./hosts.ts";

const DOMAINS = ["kommo.com", "amocrm.com"];

test.each(["acme.kommo.com", "a.kommo.com", "acme-2.amocrm.com", "0.kommo.com"])("%s is an account's host", (host) =>
  expect(isAccountHost(host, DOMAINS)).toBe(true),
);

test("whatever is allowed is one plain label below an allowed domain, as a URL parser sees it too", () => {
  const part = fc.constantFrom(
    "acme",
    ".",
    "kommo.com",
    "evil.example",
    "@",
    ":80",
    "/",
    "#",
    "?",
    "-",
    "%2e",
    "。",
    "\n",
    "A",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part).map((parts) => parts.join("")),
      ),
      (host) => {
        if (!isAccountHost(host, DOMAINS)) return;
        expect(host).toMatch(/^[a-z0-9-]+\.(kommo|amocrm)\.com$/);
        expect(new URL(`https://${host}`).host).toBe(host);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  ["acme.kommo.com", "acme.kommo.com"],
  ["https://acme.kommo.com/", "acme.kommo.com"],
  [" ACME.kommo.com ", "acme.kommo.com"],
  ["http://acme.kommo.com", "http://acme.kommo.com"],
])("the referer %j names the host %j", (referer, host) => expect(hostOfReferer(referer)).toBe(host));
