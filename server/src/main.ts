import "./needs-node.ts";
import "reflect-metadata";
import { ConfigFaults } from "./config.ts";
import { readFlags, UnknownFlag } from "./flags.ts";
import { VERSION } from "./package.ts";
import { prepare } from "./prepare.ts";
import { startServer } from "./server.ts";

const USAGE = `npx -y pnpm@10.34.9 start [--embedded]

  --embedded   bring an own PostgreSQL and Redis, with the data under .data/
  --help       this text

Everything else is set in the environment or in .env; .env.example lists it.`;

async function main() {
  const { embedded, help } = readFlags(
    { embedded: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
    USAGE,
  );
  if (help) return console.log(USAGE);
  const prepared = await prepare({ embedded });
  const server = await startServer(prepared.config).catch(async (error) => {
    await prepared.stop();
    throw error;
  });
  console.log(`Dealscope ${VERSION} (${prepared.config.ROLE}) listens on ${usable(server.url)}`);

  const stop = async () => {
    // Bull connects once more while it says goodbye, and nobody catches it when Redis is away: an end in order all the same.
    process.on("unhandledRejection", (error) => console.error(`While stopping: ${(error as Error).message}`));
    await server.stop();
    await prepared.stop();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

/** "Every address of this machine" is none that could be opened. */
function usable(url: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])/, "//127.0.0.1");
}

main().catch((error: Error & { code?: string; port?: number }) => {
  if (error instanceof ConfigFaults || error instanceof UnknownFlag) console.error(error.message);
  else if (error.code === "EADDRINUSE") console.error(`Port ${error.port} is in use. Set PORT to a free one.`);
  else console.error(`Dealscope did not start: ${error.message}`);
  process.exit(1);
});
