import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { Redis } from "ioredis";
import type { Stage, Stores } from "../stage/stage.ts";

/** Of Linux: /proc counts processor time in hundredths of a second. */
const TICKS_A_SECOND = 100;

/** Open files and sockets of a process. */
export function handlesOf({ pid }: ChildProcess): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Seconds of processor time that somebody has used up so far. */
export type Meter = () => number | Promise<number>;

export const processMeter =
  ({ pid }: ChildProcess): Meter =>
  () =>
    timesOf(pid!).own;

/** All of PostgreSQL: the first process, those it has, and those it had. */
export async function postgresMeter(stage: Stage): Promise<Meter> {
  const [backend] = await stage.sql<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const { parent } = timesOf(backend!.pid);
  return () => {
    const first = timesOf(parent);
    const living = everyProcess().map(timesIfThere);
    return living.reduce(
      (sum, times) => (times?.parent === parent ? sum + times.own : sum),
      first.own + first.ofChildren,
    );
  };
}

export function redisMeter(stores: Stores): Meter {
  return async () => {
    const info = await redisInfo(stores, "cpu");
    return Number(info.used_cpu_sys) + Number(info.used_cpu_user);
  };
}

/** How busy all cores together were, from 0 to 1, between two looks. */
export class Busyness {
  #before = coreTimes();

  look(): number {
    const [before, now] = [this.#before, coreTimes()];
    this.#before = now;
    return 1 - (now.idle - before.idle) / (now.all - before.all);
  }
}

/** What Redis tells of itself, by name. */
export async function redisInfo(stores: Stores, section: string): Promise<Record<string, string>> {
  const redis = new Redis(stores.redisUrl);
  try {
    const lines = (await redis.info(section)).split("\r\n").filter((line) => line.includes(":"));
    return Object.fromEntries(lines.map((line) => line.split(":", 2) as [string, string]));
  } finally {
    redis.disconnect();
  }
}

function coreTimes() {
  const all = cpus().flatMap(({ times }) => Object.values(times));
  return {
    all: all.reduce((sum, time) => sum + time, 0),
    idle: cpus().reduce((sum, { times }) => sum + times.idle, 0),
  };
}

function everyProcess(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function timesIfThere(pid: number) {
  try {
    return timesOf(pid);
  } catch {
    // It has ended since it was listed.
    return undefined;
  }
}

function timesOf(pid: number) {
  // The name of the program stands in brackets and may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ")
    .map(Number);
  const seconds = (first: number) => ((fields[first] ?? 0) + (fields[first + 1] ?? 0)) / TICKS_A_SECOND;
  return { parent: fields[1] ?? 0, own: seconds(11), ofChildren: seconds(13) };
}
