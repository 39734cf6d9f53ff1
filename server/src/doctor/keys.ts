import type { Config } from "../config.ts";
import { keysInUse, sealedWith } from "../installation/lost-keys.ts";
import { examined } from "./finding.ts";

export function examineKeys(config: Pick<Config, "DATABASE_URL" | "SECRET_KEYS">) {
  return examined("SECRET_KEYS", async (chart) => {
    const inUse = await keysInUse(config);
    const lost = inUse.filter(({ opens }) => !opens);
    if (lost.length > 0) chart.fault(`They cannot open ${sealedWith(lost)}`);
    const [current, ...former] = config.SECRET_KEYS.map(({ id }) => id);
    const used = new Map(inUse.map(({ id, secrets }) => [id, secrets]));
    for (const id of former) {
      const secrets = used.get(id);
      chart.ok(
        secrets
          ? `"${id}" still opens ${secrets} secrets, which the workers seal anew with "${current}" within a day.`
          : `Nothing is sealed with "${id}" any more: if it is the old one, take it out of every process.`,
      );
    }
    if (lost.length === 0) chart.ok(`They open every secret; new ones are sealed with "${current}".`);
  });
}
