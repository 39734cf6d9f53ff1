import type { Config } from "../config.ts";
import { Sealing } from "../installation/sealing.ts";

/** What backups are signed with, the first one for new ones: whoever writes one of his own does not have them. */
export function backupKeys(config: Pick<Config, "SECRET_KEYS">): Buffer[] {
  return new Sealing(config).signingKeys("backup");
}
