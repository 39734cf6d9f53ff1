import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, unzipSync } from "fflate";
import { buildArchive } from "../../widget/build/archive.ts";

/** Kilobytes of 1024 bytes. */
export interface FileFigures {
  /** What every card loads: `script.js` and the libraries. */
  cardGzipKb: number;
  /** What only the settings load besides. */
  pagesGzipKb: number;
  archiveKb: number;
}

export async function measureFiles(): Promise<FileFigures> {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-files-"));
  try {
    const archive = readFileSync(
      await buildArchive({ url: "https://dealscope.example", out: join(dir, "widget.zip") }),
    );
    const sizes = Object.entries(unzipSync(archive)).map(([name, bytes]) => ({ name, size: gzipSync(bytes).length }));
    const of = (pattern: RegExp) => sizes.reduce((sum, { name, size }) => (pattern.test(name) ? sum + size : sum), 0);
    return {
      cardGzipKb: kb(of(/^(script|vendor\.\w+)\.js$/)),
      pagesGzipKb: kb(of(/^pages\.\w+\.js$/)),
      archiveKb: kb(archive.length),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function kb(bytes: number): number {
  return Math.round(bytes / 102.4) / 10;
}
