import { createServer } from "node:net";
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

/** The port itself, or a free one for 0, after a look whether it can be had. */
export async function freePort(port: number): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(port, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address ? address.port : port;
}
