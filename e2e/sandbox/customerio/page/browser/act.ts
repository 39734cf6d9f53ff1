import { post } from "../../../page/browser/http.ts";
import { place } from "./place.ts";

const DONE = "did";

/** Does something in the workspace, then lets the page look at what came of it. */
export function act(action: string, input: object): Promise<void> {
  const { workspace } = place;
  return actForAll(action, { ...input, ...(workspace === null ? {} : { workspace: Number(workspace) }) });
}

/** The same of what all workspaces share: time and switches. */
export async function actForAll(action: string, input: object): Promise<void> {
  await post(`/_sandbox/${action}`, input);
  window.dispatchEvent(new Event(DONE));
}

export function whenDone(look: () => void): void {
  window.addEventListener(DONE, look);
}
