import "reflect-metadata";
import { ConfigFaults, readConfig } from "./config.ts";
import { migrate } from "./database/migrate.ts";
import { type EmbeddedStores, startEmbeddedStores } from "./embedded/stores.ts";
import { startServer } from "./server.ts";

async function main() {
  let stores: EmbeddedStores | undefined;
  let env: Record<string, string | undefined> = process.env;
  if (process.argv.includes("--embedded")) {
    // Faults of the other settings are told before anything is started.
    readConfig({ ...env, ...placeholders });
    stores = await startEmbeddedStores(".data", { durable: true });
    env = { ...env, ...stores.env };
  }
  const config = readConfig(env);
  await migrate(config.MIGRATION_DATABASE_URL, config.DATABASE_URL);
  const server = await startServer(config);
  console.log(`Dealscope (${config.ROLE}) listens on ${server.url}`);

  const stop = async () => {
    await server.stop();
    await stores?.stop();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

const placeholders = {
  DATABASE_URL: "postgres://embedded",
  MIGRATION_DATABASE_URL: "postgres://embedded",
  REDIS_URL: "redis://embedded",
};

main().catch((error: Error & { code?: string; port?: number }) => {
  if (error instanceof ConfigFaults) console.error(error.message);
  else if (error.code === "EADDRINUSE") console.error(`Port ${error.port} is in use. Set PORT to a free one.`);
  else console.error(`Dealscope did not start: ${error.message}`);
  process.exit(1);
});
