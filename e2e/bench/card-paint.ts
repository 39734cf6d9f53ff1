import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { buildArchive } from "../../widget/build/archive.ts";
import { CHROMIUM_FLAGS, provideChromium } from "../machine/chromium.ts";
import { judged } from "../stage/progress.ts";
import { Stage, type Stores } from "../stage/stage.ts";

const CARDS = 20;
const SLOWED = 4;
const CODE = "bench_widget";

export interface CardPaintFigures {
  /** From Kommo's call of `render` until the frame with the verdict, each card seen for the first time; in ms. */
  medianMs: number;
  worstMs: number;
  cards: number;
  /** The same for the first card in a new browser: files, session and all. */
  coldMs: number;
}

/** Card after card in a browser on a machine that is four times slower, with files and session at hand. */
export async function measureCardPaint(stores: Stores): Promise<CardPaintFigures> {
  const stage = await Stage.open(stores, { env: { KOMMO_ACCOUNT_RPS: "100", KOMMO_EGRESS_RPS: "100" } });
  const dir = mkdtempSync(join(tmpdir(), "dealscope-paint-"));
  const browser = await chromium.launch({ executablePath: provideChromium(), args: CHROMIUM_FLAGS });
  try {
    await stage.control("switches/set", { ratePerSecond: 1000 });
    const file = await buildArchive({ url: stage.publicUrl, out: join(dir, "widget.zip") });
    await stage.control("widgets/upload", { file, code: CODE });
    await stage.install(1, { settleSeconds: 0 });
    const leads = await judgedLeads(stage);
    const page = await slowPage(browser);
    const [first, ...others] = leads;
    await page.goto(`${stage.pageOrigin}/leads/detail/${first}`);
    const coldMs = await painted(page);
    const times: number[] = [];
    for (const id of others) {
      await page.evaluate((path) => window.sandbox.navigate(path), `/leads/detail/${id}`);
      times.push(await painted(page));
    }
    times.sort((a, b) => a - b);
    return { medianMs: times[CARDS >> 1]!, worstMs: times.at(-1)!, cards: times.length, coldMs };
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true, force: true });
    await stage.close();
  }
}

async function judgedLeads(stage: Stage): Promise<number[]> {
  const note = "We need 40 seats by March. The budget is approved and I decide. Call me today.";
  const leads = Array.from({ length: CARDS + 1 }, (_, number) => ({ name: `Inquiry ${number}`, note }));
  const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", { leads });
  await stage.until("all leads are judged", async () => (await judged(stage)) === ids.length);
  return ids;
}

async function slowPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
  return page;
}

/** Waits for the verdict of the card that is open. @returns ms from the last call of `render` to its frame */
function painted(page: Page): Promise<number> {
  return page.evaluate(
    (code) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const shown = document.querySelector(`.card-widgets__widget-${code} section[aria-busy="false"]`);
          if (!shown?.checkVisibility()) return void requestAnimationFrame(look);
          // Called before the frame that shows it; the one after it comes when it has been shown.
          requestAnimationFrame(() => {
            const { startTime } = performance.getEntriesByName(`${code} render`).at(-1)!;
            resolve(Math.round(performance.now() - startTime));
          });
        };
        look();
      }),
    CODE,
  );
}
