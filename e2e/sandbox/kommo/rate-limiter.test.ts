import { afterEach, expect, it } from "vitest";
import { type Connected, clientOf, connected } from "./test-kit.ts";

let acme: Connected;
afterEach(() => acme.kommo.stop());

it("answers the eighth request of a second with a page, not JSON, and no Retry-After", async () => {
  acme = await connected({ switches: { ratePerSecond: 7 } });
  const replies = await Promise.all(Array.from({ length: 8 }, () => acme.api("GET", "/account")));
  const statuses = replies.map((reply) => reply.status).sort();
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 429]);
  const refused = replies.find((reply) => reply.status === 429)!;
  expect(refused.type).toContain("text/html");
  expect(refused.headers.get("retry-after")).toBeNull();
  acme.kommo.control.clock.advance({ seconds: 1 });
  expect((await acme.api("GET", "/account")).status).toBe(200);
});

it("shuts out who keeps overrunning: everything is a 403 page until the block ends", async () => {
  acme = await connected({ switches: { ratePerSecond: 1, overruns: 3, blockMs: 60_000 } });
  for (let n = 0; n < 4; n++) await acme.api("GET", "/account");
  const blocked = await acme.api("GET", "/account");
  expect(blocked).toMatchObject({ status: 403, type: expect.stringContaining("text/html") });
  const { total } = acme.kommo.control.ledger.summary({ account: acme.account.id }).requests;
  expect(total.byEffect).toEqual({ "rate-limited": 3, blocked: 1 });
  acme.kommo.control.clock.advance({ seconds: 61 });
  expect((await acme.api("GET", "/account")).status).toBe(200);
});

it("shuts out the address, whatever is counted: everybody behind it is blocked with the one who overran", async () => {
  acme = await connected({ switches: { ratePerSecond: 1, overruns: 1, blockMs: 60_000 } });
  const { control, origin } = acme.kommo;
  const other = control.accounts.create({ subdomain: "other" });
  const elsewhere = clientOf(origin, control.oauth.longLivedToken({ account: other.id }).access_token);
  await acme.api("GET", "/account");
  expect((await acme.api("GET", "/account")).status).toBe(429);
  expect(await elsewhere("GET", "/account")).toMatchObject({ status: 403, type: expect.stringContaining("text/html") });
});

it("counts who shows no token that is known by the address", async () => {
  acme = await connected({ switches: { ratePerSecond: 2 } });
  const stranger = clientOf(acme.kommo.origin, "made up");
  const replies = await Promise.all([1, 2, 3].map(() => stranger("GET", "/account")));
  expect(replies.map((reply) => reply.status).sort()).toEqual([401, 401, 429]);
  expect((await acme.api("GET", "/account")).status).toBe(200);
});

it("counts by account, by integration or by address", async () => {
  acme = await connected({ switches: { ratePerSecond: 1 } });
  const { control, origin } = acme.kommo;
  const other = control.accounts.create({ subdomain: "other" });
  const elsewhere = clientOf(origin, control.oauth.longLivedToken({ account: other.id }).access_token);
  const both = async () => {
    control.clock.advance({ seconds: 2 });
    return [await acme.api("GET", "/account"), await elsewhere("GET", "/account")].map((reply) => reply.status);
  };
  expect(await both()).toEqual([200, 200]);
  control.switches.set({ rateUnit: "integration" });
  expect(await both()).toEqual([200, 429]);
  control.switches.set({ rateUnit: "address" });
  expect(await both()).toEqual([200, 429]);
});

it("can send the header and the JSON that others report", async () => {
  acme = await connected({ switches: { ratePerSecond: 1, retryAfter: 3, tooManyBody: "json" } });
  await acme.api("GET", "/account");
  const refused = await acme.api("GET", "/account");
  expect(refused.headers.get("retry-after")).toBe("3");
  expect(refused.body).toMatchObject({ status: 429, retry_after: 300 });
});
