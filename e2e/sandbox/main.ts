import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { withoutDashes } from "../arguments.ts";
import { startCustomerIo } from "./customerio/start.ts";
import { startKommo } from "./kommo/start.ts";
import { startOpenAi } from "./openai/start.ts";

const USAGE = `node e2e/sandbox/main.ts [--port 4010] [--host 127.0.0.1] [--latency 0] [--time-scale 1] [--rate 7]
                         [--account acme] [--openai-port 4011]
                         [--customerio-port 4012] [--customerio-eu-port 4013] [--server http://127.0.0.1:3000] [--widget widget.zip]

--server is where Dealscope will listen; 0 as a port takes a free one.`;

const values = readFlags();

if (values.help) console.log(USAGE);
else await run();

/** Ends the process when a flag is unknown: what is misspelt must not be passed over. */
function readFlags() {
  try {
    return parseArgs({
      args: withoutDashes(process.argv.slice(2)),
      options: {
        port: { type: "string", default: "4010" },
        "openai-port": { type: "string", default: "4011" },
        "customerio-port": { type: "string", default: "4012" },
        "customerio-eu-port": { type: "string", default: "4013" },
        host: { type: "string", default: "127.0.0.1" },
        latency: { type: "string", default: "0" },
        "time-scale": { type: "string", default: "1" },
        rate: { type: "string", default: "7" },
        account: { type: "string", default: "acme" },
        server: { type: "string", default: "http://127.0.0.1:3000" },
        widget: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message.split(". ")[0]!);
  }
}

type NumberFlag = "port" | "openai-port" | "customerio-port" | "customerio-eu-port" | "latency" | "time-scale" | "rate";

function numberOf(flag: NumberFlag, most: number): number {
  const text = values[flag];
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= most) return Number(text);
  return refuse(`--${flag} must be a number from 0 to ${most}, not "${text}"`);
}

function refuse(why: string): never {
  console.error(`${why}.\n\n${USAGE}`);
  process.exit(1);
}

async function run(): Promise<void> {
  const { host } = values;
  const kommo = await startKommo({
    host,
    port: numberOf("port", 65_535),
    latencyMs: numberOf("latency", 600_000),
    timeScale: numberOf("time-scale", 1_000_000),
    switches: { ratePerSecond: numberOf("rate", 1_000_000) },
    integrations: [
      { redirect_uri: `${values.server}/oauth/kommo/callback`, uninstall_url: `${values.server}/oauth/kommo/revoked` },
    ],
    widgets: values.widget === undefined ? [] : [values.widget],
  });
  const account = kommo.control.accounts.create({ subdomain: values.account });
  const [integration] = kommo.control.oauth.integrations();
  const { access_token } = kommo.control.oauth.longLivedToken({ account: account.id });
  const openai = await startOpenAi({ host, port: numberOf("openai-port", 65_535) });

  const customerIo = await startCustomerIo({
    host,
    port: numberOf("customerio-port", 65_535),
    euPort: numberOf("customerio-eu-port", 65_535),
  });
  const workspace = customerIo.control.workspaces.create({ name: values.account });

  console.log(`Kommo    ${kommo.origin}   (account ${account.id}, ${account.host}; control under /_sandbox)`);
  console.log(`         its page is at ${kommo.origin}/`);
  console.log(`         client_id ${integration!.client_id}\n         client_secret ${integration!.client_secret}`);
  console.log(`         long-lived token ${access_token}`);
  console.log(`OpenAI   ${openai.baseUrl}`);
  console.log(
    `Customer.io  ${customerIo.origins.us} (US), ${customerIo.origins.eu} (EU); control under /_sandbox of the US`,
  );
  console.log(`         its page is at ${customerIo.origins.us}/`);
  console.log(`         site id ${workspace.site_id}\n         Track key ${workspace.track_keys[0]}`);
  console.log(`         App key ${workspace.app_keys[0]}`);
  console.log(`         signing key ${customerIo.control.webhooks.signingKey({}).key}`);
  console.log(`
For a Dealscope beside it, in .env (then \`start --embedded\`):

PUBLIC_URL=${values.server}
PORT=${new URL(values.server).port || "80"}
SECRET_KEYS=k1:${randomBytes(32).toString("base64")}
KOMMO_LOOPBACK_ORIGIN=${kommo.origin}
KOMMO_CLIENT_ID=${integration!.client_id}
KOMMO_CLIENT_SECRETS=${integration!.client_secret}
OPENAI_BASE_URL=${openai.baseUrl}
OPENAI_API_KEY=sk-sandbox
CUSTOMERIO_TRACK_US_URL=${customerIo.origins.us}
CUSTOMERIO_TRACK_EU_URL=${customerIo.origins.eu}
CUSTOMERIO_APP_US_URL=${customerIo.origins.us}
CUSTOMERIO_APP_EU_URL=${customerIo.origins.eu}
`);

  const stop = async () => {
    await Promise.all([kommo.stop(), openai.stop(), customerIo.stop()]);
    process.exit(0);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
