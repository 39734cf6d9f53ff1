import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scene } from "./scene.ts";

/** A disk in memory that holds so much and not a byte more. Only root may mount one. */
export class SmallDisk {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static get isPossible(): boolean {
    return process.platform === "linux" && process.getuid?.() === 0 && mayMount();
  }

  static open(scene: Scene, megabytes: number): SmallDisk {
    const disk = new SmallDisk(mountNew(megabytes));
    scene.closing(async () => unmount(disk.dir));
    return disk;
  }

  /** By something that has nothing to do with who else writes here. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.dir);
    writeFileSync(this.#filler, Buffer.alloc(bavail * bsize));
  }

  makeRoom(): void {
    rmSync(this.#filler);
  }

  get #filler(): string {
    return join(this.dir, "filler");
  }
}

function mountNew(megabytes: number): string {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-disk-"));
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir]);
  if (status === 0) return dir;
  rmdirSync(dir);
  throw new Error(`A small disk could not be mounted: ${stderr}`);
}

function unmount(dir: string): void {
  spawnSync("umount", [dir]);
  rmdirSync(dir);
}

/** In a container root may not either. */
function mayMount(): boolean {
  try {
    unmount(mountNew(1));
    return true;
  } catch {
    return false;
  }
}
