import "reflect-metadata";
import { readConfig } from "./config.ts";
import { migrate } from "./database/migrate.ts";
import { readFlags } from "./flags.ts";

const USAGE = `npx -y pnpm@10.34.9 migrate

  --help   this text

Brings the database up to this version, with MIGRATION_DATABASE_URL. Servers that run go on meanwhile.`;

/** `pnpm migrate`: what a server does at its start when it knows the owner, as a step of its own. */
async function main(): Promise<string> {
  const { help } = readFlags({ help: { type: "boolean", short: "h", default: false } }, USAGE);
  if (help) return USAGE;
  const { MIGRATION_DATABASE_URL: owner, DATABASE_URL: app } = readConfig(process.env);
  if (!owner) throw new Error("MIGRATION_DATABASE_URL is missing.");
  await migrate(owner, app);
  return "The database is up to date.";
}

main().then(console.log, (error: Error) => {
  console.error(error.message);
  process.exit(1);
});
