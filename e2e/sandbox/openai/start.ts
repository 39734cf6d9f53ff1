import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { OpenAiControl } from "./control/control.ts";
import { openAiServer } from "./server.ts";
import { type OpenAiOptions, OpenAiState } from "./state.ts";

export interface OpenAiSandbox {
  /** Without a path, e.g. `http://127.0.0.1:40001`. */
  origin: string;
  /** What an OpenAI client takes as its base URL. */
  baseUrl: string;
  control: OpenAiControl;
  /** Ends open connections, hanging ones too. */
  stop(): Promise<void>;
}

/** Starts a stand-in for OpenAI, on the loopback address if no other is given. Fails when the port is taken. */
export async function startOpenAi(options: OpenAiOptions = {}): Promise<OpenAiSandbox> {
  const state = new OpenAiState(options);
  const control = new OpenAiControl(state);
  const server = openAiServer(state, control);
  const host = options.host ?? "127.0.0.1";
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    baseUrl: `${origin}/v1`,
    control,
    stop: async () => {
      state.stopping.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
