import { execFile } from "node:child_process";
import { promisify } from "node:util";

const BUILDER = new URL("../../widget/build/archive.ts", import.meta.url).href;

/** Builds the widget for a backend, in a process of its own. @returns the path of the archive */
export async function buildWidget(serverUrl: string, out: string): Promise<string> {
  const script = `import { buildArchive } from ${JSON.stringify(BUILDER)};
    await buildArchive(${JSON.stringify({ url: serverUrl, out })});`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return out;
}
