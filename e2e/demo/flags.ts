import { parseArgs } from "node:util";
import { withoutDashes } from "../arguments.ts";
import { DemoFailure } from "./failure.ts";

export const USAGE = `Dealscope on one machine: a sandbox account of Kommo in which leads come in and are qualified.

  npx -y pnpm@10.34.9 demo [flags]

  --leads N          how many inquiries come in (36)
  --exit             end after the summary; status 0 only if every lead was written back and verified
  --json FILE        write the summary as JSON, too
  --port N           of the server (3000); 0 takes a free one, here as below
  --sandbox-port N   of the Kommo sandbox (4010)
  --openai-port N    of the OpenAI stand-in (4020)
  --mail-port N      of the Customer.io stand-in (4030)
  --help             this text

With OPENAI_API_KEY the real OpenAI is asked. With DATABASE_URL and MIGRATION_DATABASE_URL, or REDIS_URL, those servers
are used; else private ones are started, with their data under .data/.
`;

export interface Flags {
  leads: number;
  exit: boolean;
  json: string | undefined;
  port: number;
  sandboxPort: number;
  openaiPort: number;
  mailPort: number;
}

/** @throws DemoFailure with the usage when a flag is unknown or has no sensible value; `"help"` when that was asked for. */
export function readFlags(args: readonly string[]): Flags | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  return {
    leads: wholeNumber("--leads", values.leads, 1, 100_000),
    exit: values.exit,
    json: values.json,
    port: wholeNumber("--port", values.port, 0, 65_535),
    sandboxPort: wholeNumber("--sandbox-port", values["sandbox-port"], 0, 65_535),
    openaiPort: wholeNumber("--openai-port", values["openai-port"], 0, 65_535),
    mailPort: wholeNumber("--mail-port", values["mail-port"], 0, 65_535),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: withoutDashes(args),
      options: {
        leads: { type: "string", default: "36" },
        exit: { type: "boolean", default: false },
        json: { type: "string" },
        port: { type: "string", default: "3000" },
        "sandbox-port": { type: "string", default: "4010" },
        "openai-port": { type: "string", default: "4020" },
        "mail-port": { type: "string", default: "4030" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new DemoFailure(`${(error as Error).message.split(". ")[0]}.\n\n${USAGE}`);
  }
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new DemoFailure(`${flag} must be a whole number from ${least} to ${most}, not "${text}".\n\n${USAGE}`);
}
