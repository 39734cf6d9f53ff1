import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Importer {
  dependencies?: Record<string, { version: string }>;
  optionalDependencies?: Record<string, { version: string }>;
}

interface Snapshot {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Lockfile {
  importers: Record<string, Importer>;
  packages: Record<string, { resolution: { integrity?: string }; deprecated?: string }>;
  snapshots: Record<string, Snapshot>;
}

export function readLockfile(): Lockfile {
  return parse(readFileSync(new URL("../../pnpm-lock.yaml", import.meta.url), "utf8")) as Lockfile;
}

/** `@scope/name@1.2.3(react@19.0.0)` without its version. */
export const nameOf = (id: string) => /^(@?[^@]+)@/.exec(id)?.[1] ?? id;

/** The names of all packages that run with these parts of ours, other packages' ones included. */
export function shippedWith(lockfile: Lockfile, parts: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string, version: string) => {
    const id = lockfile.snapshots[version] ? version : `${name}@${version}`;
    const snapshot = lockfile.snapshots[id];
    if (!snapshot || seen.has(id)) return;
    seen.add(id);
    const needs = { ...snapshot.dependencies, ...snapshot.optionalDependencies };
    for (const [needed, itsVersion] of Object.entries(needs)) visit(needed, itsVersion);
  };
  for (const part of parts) {
    const { dependencies, optionalDependencies } = lockfile.importers[part] ?? {};
    const direct = { ...dependencies, ...optionalDependencies };
    for (const [name, { version }] of Object.entries(direct)) visit(name, version);
  }
  return new Set([...seen].map(nameOf));
}
