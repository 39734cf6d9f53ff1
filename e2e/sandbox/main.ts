import { parseArgs } from "node:util";
import { startKommo } from "./kommo/start.ts";
import { startOpenAi } from "./openai/start.ts";

const USAGE = `node e2e/sandbox/main.ts [--port 4010] [--host 127.0.0.1] [--latency 0] [--time-scale 1] [--rate 7]
                         [--account acme] [--openai-port 4011] [--widget widget.zip]`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4010" },
    "openai-port": { type: "string", default: "4011" },
    host: { type: "string", default: "127.0.0.1" },
    latency: { type: "string", default: "0" },
    "time-scale": { type: "string", default: "1" },
    rate: { type: "string", default: "7" },
    account: { type: "string", default: "acme" },
    widget: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(USAGE);
else await run();

async function run(): Promise<void> {
  const { host } = values;
  const kommo = await startKommo({
    host,
    port: Number(values.port),
    latencyMs: Number(values.latency),
    timeScale: Number(values["time-scale"]),
    switches: { ratePerSecond: Number(values.rate) },
    integrations: [{}],
    widgets: values.widget === undefined ? [] : [values.widget],
  });
  const account = kommo.control.accounts.create({ subdomain: values.account });
  const [integration] = kommo.control.oauth.integrations();
  const { access_token } = kommo.control.oauth.longLivedToken({ account: account.id });
  const openai = await startOpenAi({ port: Number(values["openai-port"]) });

  console.log(`Kommo    ${kommo.origin}   (account ${account.id}, ${account.host}; control under /_sandbox)`);
  console.log(`         its page is at ${kommo.origin}/`);
  console.log(`         client_id ${integration!.client_id}\n         client_secret ${integration!.client_secret}`);
  console.log(`         long-lived token ${access_token}`);
  console.log(`OpenAI   ${openai.baseUrl}`);

  const stop = async () => {
    await Promise.all([kommo.stop(), openai.stop()]);
    process.exit(0);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
