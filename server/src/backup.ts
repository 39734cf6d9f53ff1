import "./needs-node.ts";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { backupKeys } from "./backup/keys.ts";
import { takeBackup } from "./backup/take.ts";
import { ownerUrlOf, readConfig } from "./config.ts";
import { startEmbeddedStores } from "./embedded/stores.ts";
import { readFlags } from "./flags.ts";

const USAGE = `dealscope backup --to DIR [--embedded]

  --to DIR     a folder that does not exist yet
  --embedded   of a server that was started with \`start --embedded\`
  --help       this text

Writes the whole database as it is at one moment, while the server goes on. Keep SECRET_KEYS somewhere else: without them
nobody can use the tokens in a backup, and neither can you.`;

async function main(): Promise<string> {
  const { to, embedded, help } = readFlags(
    {
      to: { type: "string", default: "" },
      embedded: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    USAGE,
  );
  if (help) return USAGE;
  if (!to) throw new Error(`say where to.\n\n${USAGE}`);
  const dir = resolve(to);
  if (existsSync(dir)) throw new Error(`${dir} exists already. Name a new folder.`);
  const stores = embedded ? await startEmbeddedStores(".data", { durable: true, share: true }) : undefined;
  try {
    const config = readConfig({ ...process.env, ...stores?.env });
    const { tables } = await takeBackup(ownerUrlOf(config), dir, backupKeys(config)[0]!);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return `${dir} holds ${rows} rows of ${tables.length} tables. Try it now and then: dealscope restore --try${embedded ? " --embedded" : ""} --from ${dir}`;
  } finally {
    await stores?.stop();
  }
}

main().then(
  (sentence) => {
    console.log(sentence);
    process.exit(0);
  },
  (error: Error) => {
    console.error(`No backup was written: ${error.message}`);
    process.exit(1);
  },
);
