#!/usr/bin/env node
import "./needs-node.ts";
import { VERSION } from "./package.ts";

/** `dealscope <command>`: the commands under one name. Each reads its own flags. */
const commands: Record<string, () => Promise<unknown>> = {
  start: () => import("./main.ts"),
  migrate: () => import("./migrate.ts"),
  connect: () => import("./connect.ts"),
  doctor: () => import("./doctor.ts"),
  backup: () => import("./backup.ts"),
  restore: () => import("./restore.ts"),
};

const [name = ""] = process.argv.splice(2, 1);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command) await command();
else if (name === "--version") console.log(VERSION);
else {
  console.error(
    `dealscope <command>, which is one of ${Object.keys(commands).join(", ")}; each tells more with --help. --version says which one this is.`,
  );
  process.exit(1);
}
