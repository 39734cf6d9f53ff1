import { expect, test } from "vitest";
import { whyUnreachable } from "./reaching.ts";

const failed = (code: string) => Object.assign(new Error("failed"), { code });

test.each([
  ["ECONNREFUSED", "Nothing listens at crm.example: start it, or correct the port."],
  ["ENOTFOUND", "The name crm.example is not known: correct it, or add it to the DNS."],
  ["UND_ERR_CONNECT_TIMEOUT", "crm.example does not answer: let connections to it through the firewall."],
  ["CERT_HAS_EXPIRED", "The certificate of crm.example has expired: renew it."],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "The certificate at crm.example is for another name: get one for this."],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", expect.stringContaining("not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)")],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", expect.stringContaining("serve it with its whole chain")],
])("%s is said in a sentence that ends with what to do", (code, sentence) => {
  expect(whyUnreachable(failed(code), "crm.example")).toEqual(sentence);
});

test("the reason is found where Node hides it", () => {
  const fetchFailed = new TypeError("fetch failed", { cause: new AggregateError([failed("ECONNREFUSED")]) });
  expect(whyUnreachable(fetchFailed, "crm.example")).toContain("Nothing listens");
  expect(whyUnreachable(new DOMException("", "TimeoutError"), "crm.example")).toContain("does not answer");
});

test("what is no trouble of the network is left to others", () => {
  expect(whyUnreachable(failed("28P01"), "crm.example")).toBeUndefined();
  expect(whyUnreachable("text", "crm.example")).toBeUndefined();
});
