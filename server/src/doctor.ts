import "./needs-node.ts";
import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.ts";
import { ConfigFaults, readConfig } from "./config.ts";
import { examine } from "./doctor/examine.ts";
import { examined, type Finding } from "./doctor/finding.ts";
import { startEmbeddedStores } from "./embedded/stores.ts";
import { readFlags } from "./flags.ts";
import { VERSION } from "./package.ts";

const USAGE = `dealscope doctor [--account ID] [--widget FILE] [--json] [--embedded]

  --account ID   of all accounts look at this one only
  --widget FILE  the widget's archive (widget/dist/widget.zip)
  --json         tell it to a program
  --embedded     beside a server that was started with \`start --embedded\`
  --help         this text

Looks at this deployment from where it runs, with its settings, and says what to mend. Ends with 1 when there is a fault.
It asks the model one word, and Kommo about four calls for each account.`;

async function main(): Promise<boolean> {
  const { help, json, ...flags } = readFlags(
    {
      account: { type: "string" },
      widget: { type: "string", default: "widget/dist/widget.zip" },
      json: { type: "boolean", default: false },
      embedded: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    USAGE,
  );
  if (help) {
    console.log(USAGE);
    return true;
  }
  const findings = await examineHere(flags);
  const ok = findings.every(({ state }) => state !== "fault");
  console.log(json ? JSON.stringify({ version: VERSION, ok, findings }, null, 2) : told(findings));
  return ok;
}

interface Flags {
  account?: string | undefined;
  widget: string;
  embedded: boolean;
}

async function examineHere({ account, widget, embedded }: Flags): Promise<Finding[]> {
  if (account !== undefined && !/^\d+$/.test(account)) throw new Error("--account takes the number of an account.");
  const stores = embedded ? await startEmbeddedStores(".data", { durable: true, share: true }) : undefined;
  try {
    const config = readConfig({ ...process.env, ...stores?.env });
    return await examine({
      config,
      widget,
      account: account === undefined ? undefined : Number(account),
      // As a web process it answers for nothing but this.
      open: () =>
        NestFactory.createApplicationContext(AppModule.with({ ...config, ROLE: "web" }), {
          logger: false,
          abortOnError: false,
        }),
    });
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    return examined("settings", async (chart) => error.faults.forEach((fault) => void chart.fault(fault)));
  } finally {
    await stores?.stop();
  }
}

const signs: Record<Finding["state"], string> = { ok: "✓", warning: "!", fault: "✗", skipped: "-" };

function told(findings: readonly Finding[]): string {
  const widest = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.map(({ about, state, says }) => `${signs[state]} ${about.padEnd(widest)}  ${says}`);
  const count = (state: Finding["state"]) => findings.filter((finding) => finding.state === state).length;
  return [`Dealscope ${VERSION}`, "", ...lines, "", `${count("fault")} to mend, ${count("warning")} to look at`].join(
    "\n",
  );
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
