import type { INestApplicationContext } from "@nestjs/common";
import type { Config } from "../config.ts";
import { examineAccounts } from "./accounts.ts";
import { examineAddress } from "./address.ts";
import { examineDatabase } from "./database.ts";
import { examineDisk } from "./disk.ts";
import { examined, type Finding } from "./finding.ts";
import { examineKeys } from "./keys.ts";
import { examineModel } from "./model.ts";
import { examineRedis } from "./redis.ts";
import { examineTokens } from "./tokens.ts";
import { examineWidget } from "./widget.ts";

export interface Examination {
  config: Config;
  /** The widget's archive. */
  widget: string;
  /** Of all accounts only this one. */
  account?: number | undefined;
  /** Starts what the server is made of, without its doors and its work. */
  open(): Promise<INestApplicationContext>;
}

/** Looks at a deployment from where it runs. Changes nothing but what every call may: a token that has run out is refreshed. */
export async function examine({ config, widget, account, open }: Examination): Promise<Finding[]> {
  const [database, ...others] = await Promise.all([
    examineDatabase(config),
    examineRedis(config),
    examineAddress(config),
    examineModel(config),
    examineTokens(config),
    examineWidget(config, widget),
    examineDisk(process.cwd()),
  ]);
  const findings = [...database, ...others.flat()];
  if (database.some(({ state }) => state === "fault")) {
    return [...findings, ...(await examined("accounts", async (chart) => chart.skipped("Mend the database first.")))];
  }
  const keys = await examineKeys(config);
  if (keys.some(({ state }) => state === "fault")) {
    const afterwards = await examined("accounts", async (chart) => chart.skipped("Mend SECRET_KEYS first."));
    return [...findings, ...keys, ...afterwards];
  }
  const app = await open();
  try {
    return [...findings, ...keys, ...(await examineAccounts(app, account))];
  } finally {
    await app.close();
  }
}
