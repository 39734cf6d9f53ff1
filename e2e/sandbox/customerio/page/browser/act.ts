import { post } from "../../../page/browser/http.ts";
import { place } from "./place.ts";

const DONE = "did";

/** Does something in the workspace, then lets the page look at what came of it. */
export async function act(action: string, input: object): Promise<void> {
  const { workspace } = place;
  await post(`/_sandbox/${action}`, { ...input, ...(workspace === null ? {} : { workspace: Number(workspace) }) });
  window.dispatchEvent(new Event(DONE));
}

export function whenDone(look: () => void): void {
  window.addEventListener(DONE, look);
}
