import { createServer } from "node:net";
import { freePort } from "../../server/src/embedded/ports.ts";
import { DemoFailure } from "./failure.ts";

/** Runs what opens a port; when somebody else has it, the flag that changes it is named. */
export async function orPortInUse<T>(port: number, flag: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new DemoFailure(`Port ${port} is in use: free it, or choose another one with ${flag}.`);
  }
}

/** The port itself after a look whether it can be had, or a free one for 0. */
export async function thisPort(port: number): Promise<number> {
  if (port === 0) return freePort();
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
