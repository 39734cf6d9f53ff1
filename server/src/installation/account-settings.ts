import { type Settings, Settings as settings } from "@dealscope/shared/settings";
import type { AccountEntity } from "./account.entity.ts";

/** What an account has set, completed with defaults. */
export function settingsOf(account: AccountEntity): Settings {
  return settings.parse(account.settings);
}
