import { BlockList, isIPv6 } from "node:net";
import { Logger } from "@nestjs/common";
import type { FastifyInstance } from "fastify";

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");

/**
 * Says once that somebody near us forwards for others and is not believed: if that is the proxy, all who come by it count
 * as one, and wait for one another at the limits.
 */
export function tellOfUnbelievedProxies(fastify: FastifyInstance) {
  const log = new Logger("server");
  let isTold = false;
  fastify.addHook("onRequest", (request, _reply, done) => {
    const { remoteAddress = "" } = request.socket;
    if (!isTold && request.headers["x-forwarded-for"] && request.ip === remoteAddress && isPrivate(remoteAddress)) {
      isTold = true;
      log.warn(
        `${remoteAddress} forwards for others and is not believed: if it is your proxy, name it in TRUSTED_PROXIES.`,
      );
    }
    done();
  });
}

function isPrivate(address: string): boolean {
  const [plain = ""] = address.split("%");
  return PRIVATE.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}
