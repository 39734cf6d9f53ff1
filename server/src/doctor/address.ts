import { connect } from "node:tls";
import type { Config } from "../config.ts";
import { type Chart, examined } from "./finding.ts";
import { whyUnreachable } from "./reaching.ts";

const PATIENCE_MS = 10_000;
const DAY_MS = 86_400_000;
/** Whoever renews by a machine does it a month before; fewer days than these say that the machine has stopped. */
const RENEW_DAYS = 14;

/** Whether Kommo would find us. That it is asked from here proves less than Kommo asking, and most of what goes wrong. */
export function examineAddress({ PUBLIC_URL }: Pick<Config, "PUBLIC_URL">) {
  return examined("PUBLIC_URL", async (chart) => {
    const url = new URL(PUBLIC_URL);
    try {
      const answer = await fetch(new URL("/health/live", url), {
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (!(await isOurs(answer))) {
        return chart.fault(
          `${url.host} answers ${answer.status}, but not as Dealscope: let the proxy in front pass every path to this server.`,
        );
      }
    } catch (error) {
      return chart.fault(whyUnreachable(error, url.host) ?? `${url.host} is not reached: ${(error as Error).message}.`);
    }
    chart.ok(`${url.origin} is reached from here.`);
    if (url.protocol === "https:") await examineCertificate(url, chart);
  });
}

async function isOurs(answer: Response): Promise<boolean> {
  const said: unknown = await answer.json().catch(() => undefined);
  return answer.ok && typeof said === "object" && said !== null && "status" in said && said.status === "ok";
}

async function examineCertificate(url: URL, chart: Chart) {
  const days = Math.floor((Date.parse(await endOfCertificate(url)) - Date.now()) / DAY_MS);
  if (days < RENEW_DAYS)
    return chart.warning(`The certificate of ${url.host} ends in ${days} days: see why it is not renewed.`);
  chart.ok(`The certificate of ${url.host} is good for ${days} days.`);
}

function endOfCertificate({ hostname, port }: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 443), servername: hostname }, () => {
      resolve(socket.getPeerCertificate().valid_to);
      socket.end();
    });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`${hostname} does not show its certificate.`)));
    socket.once("error", reject);
  });
}
