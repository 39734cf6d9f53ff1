import { z } from "zod";
import { Settings } from "./settings.ts";

/** Settings with the version they were read at: saving needs the one that is stored, so that two admins do not overwrite each other. */
export const AccountSettings = z.object({ version: z.int(), settings: Settings });
export type AccountSettings = z.infer<typeof AccountSettings>;
