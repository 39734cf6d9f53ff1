import "./needs-node.ts";
import { resolve } from "node:path";
import { backupKeys } from "./backup/keys.ts";
import { DatabaseNotEmpty, loadBackup } from "./backup/load.ts";
import { markRestored } from "./backup/mark-restored.ts";
import { refuseRunningServers } from "./backup/running-servers.ts";
import { tryBackup } from "./backup/try-backup.ts";
import { ownerUrlOf, readConfig } from "./config.ts";
import { migrate } from "./database/migrate.ts";
import { startEmbeddedStores } from "./embedded/stores.ts";
import { readFlags } from "./flags.ts";
import { refuseLostKeys } from "./installation/lost-keys.ts";

const USAGE = `dealscope restore --from DIR [--try] [--unsigned] [--embedded]
dealscope restore --loaded [--embedded]

  --from DIR   what \`dealscope backup\` has written; the database has to be empty
  --try        into a database of its own, which is dropped again
  --unsigned   also when no key of SECRET_KEYS has signed it: whoever wrote it decides who gets at what
  --loaded     the database was restored by other means, such as pg_restore: only what has to follow
  --embedded   into the PostgreSQL of \`start --embedded\`
  --help       this text

No server may run on the database meanwhile. docs/operations.md says what happens afterwards.`;

async function main(): Promise<string> {
  const { help, embedded, ...flags } = readFlags(
    {
      from: { type: "string", default: "" },
      try: { type: "boolean", default: false },
      unsigned: { type: "boolean", default: false },
      loaded: { type: "boolean", default: false },
      embedded: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    USAGE,
  );
  if (help) return USAGE;
  if (flags.loaded === (flags.from !== "")) throw new Error(`say what from, or that it is loaded.\n\n${USAGE}`);
  const stores = embedded ? await startEmbeddedStores(".data", { durable: true, share: true }) : undefined;
  try {
    return await restore({ ...flags, dir: resolve(flags.from), env: { ...process.env, ...stores?.env } });
  } catch (error) {
    if (!embedded || !(error instanceof DatabaseNotEmpty)) throw error;
    throw new Error(".data/postgres is not empty: stop what runs on it, and move the folder away.");
  } finally {
    await stores?.stop();
  }
}

interface Wish {
  dir: string;
  try: boolean;
  unsigned: boolean;
  loaded: boolean;
  env: Record<string, string | undefined>;
}

async function restore({ dir, env, ...wish }: Wish): Promise<string> {
  const config = readConfig(env);
  const owner = ownerUrlOf(config);
  const keys = wish.unsigned ? undefined : backupKeys(config);
  if (wish.try) {
    const { takenAt } = await tryBackup(owner, dir, keys);
    return `${dir} of ${takenAt} is whole: it was restored into a database of its own, which is dropped again.`;
  }
  await refuseRunningServers(owner);
  const backup = wish.loaded ? undefined : await loadBackup(owner, dir, keys);
  try {
    // One that is kept running by a process manager has begun as soon as there were tables.
    await refuseRunningServers(owner);
    await migrate(owner, config.DATABASE_URL);
    await markRestored(owner);
  } catch (error) {
    // A server on it now would make once more what Kommo has got since.
    const why = (error as Error).message;
    throw new Error(`the rows are loaded, but ${why} Start no server; mend it, then run dealscope restore --loaded.`);
  }
  await refuseLostKeys(config);
  return `Restored. Start the servers, then run dealscope doctor: it names the accounts that have to be reconnected.
People who were erased after ${backup?.takenAt ?? "the dump was taken"} are back: erase each that the audit of the old database or the log names from then on ("Contact … of account … is erased") again, by POST /operator/accounts/{id}/contacts/{contactId}/erase.`;
}

main().then(
  (sentence) => {
    console.log(sentence);
    process.exit(0);
  },
  (error: Error) => {
    console.error(`Not restored: ${error.message}`);
    process.exit(1);
  },
);
