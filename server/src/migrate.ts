import "./needs-node.ts";
import "reflect-metadata";
import { ownerUrlOf, readConfig } from "./config.ts";
import { migrate } from "./database/migrate.ts";
import { readFlags } from "./flags.ts";

const USAGE = `dealscope migrate

  --help   this text

Brings the database up to this version, with MIGRATION_DATABASE_URL. Servers that run go on meanwhile.`;

/** `dealscope migrate`: what a server does at its start when it knows the owner, as a step of its own. */
async function main(): Promise<string> {
  const { help } = readFlags({ help: { type: "boolean", short: "h", default: false } }, USAGE);
  if (help) return USAGE;
  const config = readConfig(process.env);
  await migrate(ownerUrlOf(config), config.DATABASE_URL);
  return "The database is up to date.";
}

main().then(console.log, (error: Error) => {
  console.error(error.message);
  process.exit(1);
});
