import { openSession } from "./api.ts";
import { SELLER } from "./inquiries.ts";
import { createAccount, install } from "./install.ts";
import { connectMails, writeOnMoves } from "./mails.ts";
import { Records } from "./records.ts";
import { KOMMO_TAKES_MS, MODEL_TAKES_MS, type Stage } from "./stage.ts";
import { fit, seconds } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

const LABEL = 14;

/** Starts everything and installs Dealscope, saying each part as it is there. */
export async function open(stage: Stage, terminal: Terminal): Promise<{ account: number; records: Records }> {
  const step = async <T>(label: string, what: Promise<T>, say: (result: T) => string): Promise<T> => {
    const started = Date.now();
    terminal.progress(`${label} ...`);
    const result = await what;
    terminal.progress("");
    const time = seconds(Date.now() - started).padStart(8);
    const said = fit(say(result), terminal.width - LABEL - time.length - 4);
    terminal.line(`  ${paint("green", "✓")} ${paint("bold", label.padEnd(LABEL))}${said}${paint("gray", time)}`);
    return result;
  };
  terminal.line();
  await step("Kommo", stage.startKommo(), (origin) => `sandbox at ${origin}, answers in ${KOMMO_TAKES_MS} ms`);
  await step("OpenAI", stage.startOpenAi(), (baseUrl) =>
    baseUrl ? `stand-in at ${baseUrl}, answers in ${MODEL_TAKES_MS} ms` : "the real one, because OPENAI_API_KEY is set",
  );
  await stage.startCustomerIo();
  const { databaseUrl } = await step("Stores", stage.startStores(), ({ names }) => names);
  await step("Widget", stage.uploadWidget(), (size) => `built for this server and uploaded, ${size} KB`);
  await step("Server", stage.serverAnswers(), () => `${stage.serverUrl}, log in ${stage.serverLog}`);
  const account = createAccount(stage.kommo.control);
  const records = await Records.open(databaseUrl, account);
  await step("Installation", install(stage.kommo.control, account, records), () => {
    return `by OAuth in the new account ${account} of "${SELLER.name}": tokens, fields, webhook`;
  });
  await step(
    "Customer.io",
    connect(stage, account),
    () => `stand-in at ${stage.customerIo.origins.us}, connected: keys, webhook, a campaign for deals that move`,
  );
  return { account, records };
}

async function connect({ kommo, customerIo: { control }, serverUrl }: Stage, account: number): Promise<void> {
  const api = await openSession(serverUrl, kommo.control.oauth.oneTimeToken({ account }).token);
  writeOnMoves(control, await connectMails(control, api, SELLER.name));
}
