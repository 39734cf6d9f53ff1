import { expect } from "@playwright/test";
import { jwtVerify } from "jose";
import { receiver } from "../../sandbox/kommo/test-kit.ts";
import { CLIENT_ID, test } from "../kit/sandbox.ts";

test("$authorizedAjax sends a fresh one-time token of who is signed in, after a preflight", async ({
  kommo,
  host,
  withWidget,
  account,
}) => {
  const server = await receiver();
  server.answer = (response) => {
    const allowed = { "access-control-allow-origin": host.origin, "access-control-allow-headers": "X-Auth-Token" };
    response.writeHead(200, { ...allowed, "content-type": "application/json" }).end('{"ok":true}');
  };
  const { client_secret } = kommo.control.oauth.integration({
    client_id: CLIENT_ID,
    redirect_uri: `${server.url}/callback`,
  });
  withWidget({
    script: `
      var ask = function () { return self.$authorizedAjax({ url: "${server.url}/session", method: "POST", dataType: "json" }); };
      this.callbacks = {
        render: function () { return true; },
        bind_actions: function () { return true; },
        init: function () { ask().then(ask).then(function (answer) { window.answer = answer; }); return true; },
      };`,
  });
  const rep = account.users[1]!.id;
  await host.signIn(rep);
  await host.open("/leads/add/");
  await expect.poll(() => host.page.evaluate(() => (window as { answer?: unknown }).answer)).toEqual({ ok: true });
  const calls = server.received.filter(({ method }) => method === "POST");
  const claims = await Promise.all(
    calls.map(async ({ headers }) => {
      const key = Buffer.from(client_secret);
      return (await jwtVerify(String(headers["x-auth-token"]), key, { algorithms: ["HS256"] })).payload;
    }),
  );
  expect(claims[0]).toMatchObject({ iss: "https://acme.kommo.com", account_id: account.id, user_id: rep });
  expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2);
  expect(server.received.some(({ method }) => method === "OPTIONS")).toBe(true);
  expect(await host.recorded("authorizedAjax")).toHaveLength(2);
  await server.stop();
});
