import { readFile } from "node:fs/promises";
import { strFromU8, unzipSync } from "fflate";
import { z } from "zod";
import type { Config } from "../config.ts";
import { examined } from "./finding.ts";

const manifest = z.object({ widget: z.object({ version: z.string() }), dp: z.object({ webhook_url: z.url() }) });

/** An archive that was made for another server lets every card ask there. What Kommo has of it cannot be looked at. */
export function examineWidget({ PUBLIC_URL }: Pick<Config, "PUBLIC_URL">, path: string) {
  return examined("widget", async (chart) => {
    const archive = await readFile(path).catch(() => undefined);
    if (!archive) return chart.skipped(`There is no archive at ${path}; with --widget FILE another one is looked at.`);
    const { "manifest.json": file } = unzipSync(archive, { filter: ({ name }) => name === "manifest.json" });
    const read = manifest.safeParse(file && JSON.parse(strFromU8(file)));
    if (!read.success) return chart.fault(`${path} is no archive of the widget: build it anew.`);
    const [made, here] = [new URL(read.data.dp.webhook_url).origin, new URL(PUBLIC_URL).origin];
    if (made !== here)
      return chart.fault(`${path} is made for ${made}: build it with DEALSCOPE_URL=${here} and upload it again.`);
    chart.ok(`${path} (version ${read.data.widget.version}) is made for ${here}.`);
  });
}
