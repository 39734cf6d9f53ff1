import { expect, test } from "vitest";
import { EXPLAINED, NEVER_SHIPPED } from "./explained.ts";
import { nameOf, readLockfile, shippedWith } from "./lockfile.ts";
import { unexplained } from "./report.ts";

const lockfile = readLockfile();
const shipped = shippedWith(lockfile, ["server", "shared", "widget"]);
const installed = new Set(Object.keys(lockfile.packages).map(nameOf));

test("what is installed comes from the registry alone and is checked by its digest", () => {
  const others = Object.entries(lockfile.packages).filter(
    ([, { resolution }]) =>
      Object.keys(resolution).join() !== "integrity" || !resolution.integrity?.startsWith("sha512-"),
  );
  expect(others).toEqual([]);
});

test("nothing is installed that its makers have given up", () => {
  expect(Object.entries(lockfile.packages).filter(([, { deprecated }]) => deprecated !== undefined)).toEqual([]);
});

test("what is shipped is known with all that it needs", () => {
  expect([...shipped]).toEqual(expect.arrayContaining(["fastify", "bull", "uuid", "react", "pg-protocol"]));
  expect(shipped.has("vite") || shipped.has("vitest") || shipped.has("@playwright/test")).toBe(false);
});

test("what is not shipped by our own word is not, and nothing is explained that is not there", () => {
  expect(NEVER_SHIPPED.filter(({ of }) => shipped.has(of) || !installed.has(of))).toEqual([]);
  expect(EXPLAINED.filter(({ of }) => !shipped.has(of))).toEqual([]);
});

test("an advisory is told of unless it is explained, and a new one about the same package is told of again", () => {
  const one = { severity: "high", title: "Too trusting" };
  const { advisory, of } = EXPLAINED[0]!;
  const report = (module_name: string, github_advisory_id: string) => ({
    advisories: { 1: { ...one, module_name, github_advisory_id } },
  });
  expect(unexplained(report(of, advisory))).toEqual([]);
  expect(unexplained(report("jquery", "GHSA-any"))).toEqual([]);
  expect(unexplained(report(of, "GHSA-new"))).toEqual([`${of} (high): Too trusting, GHSA-new`]);
  expect(unexplained(report("fastify", advisory))).toHaveLength(1);
});
