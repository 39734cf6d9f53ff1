import { isIP, isIPv6 } from "node:net";

/**
 * Of whom an address is, to count what comes from there. Whoever has an IPv6 address has a /64 of them and may send each request
 * from another, so those count as one; an IPv4 address is one, also written as IPv6.
 */
export function networkOf(address: string): string {
  const [plain = ""] = address.split("%");
  if (!isIPv6(plain)) return address;
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped && isIP(mapped)) return mapped;
  const [front = "", back] = plain.split("::");
  const groups = front === "" ? [] : front.split(":");
  const behind = back === undefined || back === "" ? 0 : back.split(":").length + (back.includes(".") ? 1 : 0);
  const filled = [...groups, ...Array.from({ length: Math.max(0, 8 - groups.length - behind) }, () => "0")];
  const all = back ? [...filled, ...back.split(":")] : filled;
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}
