import type { Workspace } from "./state/workspace.ts";

export interface Credentials {
  workspace: Workspace;
  kind: "track" | "app";
}

/** Whom an `Authorization` header speaks for: a site id with its Track key, or an App key. They are not interchangeable. */
export function findCredentials(workspaces: Iterable<Workspace>, header = ""): Credentials | undefined {
  const [scheme, secret = ""] = header.split(" ");
  for (const workspace of workspaces) {
    if (scheme === "Bearer" && workspace.appKeys.has(secret)) return { workspace, kind: "app" };
    if (scheme !== "Basic") continue;
    const [siteId, key = ""] = Buffer.from(secret, "base64").toString().split(":");
    if (siteId === workspace.siteId && workspace.trackKeys.has(key)) return { workspace, kind: "track" };
  }
  return undefined;
}
