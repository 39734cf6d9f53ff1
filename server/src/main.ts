import "reflect-metadata";
import { ConfigFaults } from "./config.ts";
import { prepare } from "./prepare.ts";
import { startServer } from "./server.ts";

async function main() {
  const prepared = await prepare({ embedded: process.argv.includes("--embedded") });
  const server = await startServer(prepared.config).catch(async (error) => {
    await prepared.stop();
    throw error;
  });
  console.log(`Dealscope (${prepared.config.ROLE}) listens on ${server.url}`);

  const stop = async () => {
    await server.stop();
    await prepared.stop();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

main().catch((error: Error & { code?: string; port?: number }) => {
  if (error instanceof ConfigFaults) console.error(error.message);
  else if (error.code === "EADDRINUSE") console.error(`Port ${error.port} is in use. Set PORT to a free one.`);
  else console.error(`Dealscope did not start: ${error.message}`);
  process.exit(1);
});
