import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { text } from "node:stream/consumers";
import dockerignore from "@balena/dockerignore";
import { type Copy, DockerfileParser, type From, type Instruction } from "dockerfile-ast";

/** What a stage of the Dockerfile is here: a folder that stands for its root, and what its steps have set. */
export interface Stage {
  root: string;
  workdir: string;
  env: Record<string, string>;
  command: string[];
}

/**
 * Goes through a Dockerfile step by step, each stage in an empty folder below `dir`, as an engine would with layers. Programs come from
 * this machine, paths of commands are relative to the stage's working directory; users, ports and health checks are passed over.
 * @returns the last stage
 */
export async function build(context: string, dir: string): Promise<Stage> {
  const dockerfile = DockerfileParser.parse(readFileSync(join(context, "Dockerfile"), "utf8"));
  const files = filesOf(context);
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const step of dockerfile.getInstructions()) {
    const args = step.getArgumentsContent() ?? "";
    const keyword = step.getKeyword();
    if (keyword === "FROM") {
      stage = begin(step as From, stages, join(dir, String(stages.size)));
      stages.set((step as From).getBuildStage() ?? String(stages.size), stage);
    } else if (!stage) throw new Error(`${keyword} stands before any FROM.`);
    else if (keyword === "WORKDIR") enter(stage, args);
    else if (keyword === "ENV") Object.assign(stage.env, Object.fromEntries([args.split("=") as [string, string]]));
    else if (keyword === "COPY") copy(step as Copy, stage, stages, { context, files });
    else if (keyword === "RUN") await run(args.replace(/\\\n/g, " "), stage);
    else if (keyword === "CMD") stage.command = JSON.parse(args) as string[];
    else if (!PASSED_OVER.has(keyword)) throw new Error(`${describe(step)} is a step that is not known here.`);
  }
  if (!stage) throw new Error("The Dockerfile has no stage.");
  return stage;
}

const PASSED_OVER = new Set(["USER", "EXPOSE", "HEALTHCHECK"]);

function begin(from: From, stages: Map<string, Stage>, root: string): Stage {
  const base = stages.get(from.getImage() ?? "");
  mkdirSync(root, { recursive: true });
  if (!base) return { root, workdir: "/", env: {}, command: [] };
  cpSync(base.root, root, { recursive: true, verbatimSymlinks: true });
  return { ...base, root, env: { ...base.env } };
}

function enter(stage: Stage, workdir: string) {
  stage.workdir = workdir;
  mkdirSync(join(stage.root, workdir), { recursive: true });
}

/** Of the context only what .dockerignore lets through exists. */
function copy(
  step: Copy,
  stage: Stage,
  stages: Map<string, Stage>,
  { context, files }: { context: string; files: string[] },
) {
  const words = step.getArguments().map((argument) => argument.getValue());
  const to = join(stage.root, stage.workdir, words.at(-1)!);
  const from = step.getFromFlag()?.getValue();
  for (const source of words.slice(0, -1)) {
    if (from) {
      const other = stages.get(from);
      if (!other) throw new Error(`${describe(step)} names no stage.`);
      cpSync(join(other.root, source.startsWith("/") ? source : join(other.workdir, source)), to, {
        recursive: true,
        verbatimSymlinks: true,
      });
      continue;
    }
    const meant = files.filter((file) => file === source || file.startsWith(`${source}/`));
    if (meant.length === 0) throw new Error(`${describe(step)}: ${source} is not in the context.`);
    for (const file of meant) {
      const isFile = file === source;
      cpSync(join(context, file), isFile ? join(to, basename(file)) : join(to, relative(source, file)));
    }
  }
}

function filesOf(context: string): string[] {
  const ignore = dockerignore.default().add(readFileSync(join(context, ".dockerignore"), "utf8"));
  const below = (folder: string): string[] =>
    readdirSync(join(context, folder)).flatMap((name) => {
      const path = join(folder, name);
      // What is ignored whatever stands in it need not be walked through.
      if (name === "node_modules" || name.startsWith(".")) return [];
      return statSync(join(context, path)).isDirectory() ? below(path) : [path];
    });
  return ignore.filter(below(""));
}

async function run(command: string, { root, workdir, env }: Stage) {
  // A global installation belongs to the stage.
  const prefix = join(root, "usr/local");
  const child = spawn("sh", ["-c", command], {
    cwd: join(root, workdir),
    env: { ...process.env, ...env, PATH: `${prefix}/bin:${process.env.PATH}`, npm_config_prefix: prefix },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${out}\n${err}`);
}

function describe(step: Instruction): string {
  return `${step.getKeyword()} ${step.getArgumentsContent() ?? ""}`;
}
