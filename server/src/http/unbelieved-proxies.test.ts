import { Logger } from "@nestjs/common";
import { fastify } from "fastify";
import { expect, test, vi } from "vitest";
import { tellOfUnbelievedProxies } from "./unbelieved-proxies.ts";

test("a proxy nearby that nobody has named is told of once, and neither one that is named nor a stranger is", async () => {
  const told = vi.spyOn(Logger.prototype, "warn").mockImplementation(() => {});
  const server = fastify({ trustProxy: ["192.168.7.1"] });
  tellOfUnbelievedProxies(server);
  server.get("/", async () => "");
  const ask = (remoteAddress: string, headers: Record<string, string>) =>
    server.inject({ url: "/", remoteAddress, headers });
  const forwarded = { "x-forwarded-for": "203.0.113.9" };
  await ask("192.168.7.1", forwarded);
  await ask("198.51.100.1", forwarded);
  await ask("172.20.0.1", {});
  expect(told).not.toHaveBeenCalled();
  await ask("172.20.0.1", forwarded);
  await ask("fe80::1%eth0", forwarded);
  expect(told.mock.calls).toEqual([[expect.stringContaining("172.20.0.1 forwards for others and is not believed")]]);
  told.mockRestore();
});
