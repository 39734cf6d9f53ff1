import { sandbox } from "./recorder.ts";

const WIDGET_FILE = /\/upl\/([a-z0-9_]+)\/widget\//;
const ALLOWED_IN_CONSOLE = new Set(["trace"]);

/** The code of the widget whose file is on the stack, if one is. */
function offender(): { code: string; caller: string } | undefined {
  const stack = (new Error().stack ?? "").split("\n").slice(3);
  const code = WIDGET_FILE.exec(stack.join("\n"))?.[1];
  return code ? { code, caller: stack[0] ?? "" } : undefined;
}

function report(what: string, isHarmless = (_caller: string) => false): void {
  const who = offender();
  if (who && !isHarmless(who.caller)) sandbox.violations.push({ code: who.code, what });
}

/** What moderation refuses is let through and written down, when the code of a widget does it. */
export function setTraps(): void {
  trapEval();
  trapScriptElements();
  trapConsole();
  trapSyncXhr();
}

function trapEval(): void {
  const evaluate = Reflect.get(window, "eval") as (code: string) => unknown;
  const watchedEval = (code: string) => {
    report("eval");
    return evaluate(code);
  };
  Object.assign(window, { eval: watchedEval });
  window.Function = new Proxy(Function, {
    construct(target, parts, newTarget) {
      report("new Function");
      return Reflect.construct(target, parts, newTarget === window.Function ? target : newTarget);
    },
    apply(target, self, parts) {
      report("new Function");
      return Reflect.apply(target, self, parts);
    },
  });
  for (const name of ["setTimeout", "setInterval"] as const) {
    const timer = window[name].bind(window) as (...rest: unknown[]) => number;
    Object.assign(window, {
      [name]: (handler: unknown, ...rest: unknown[]) => {
        if (typeof handler === "string") report(`${name} of a text`);
        return timer(handler, ...rest);
      },
    });
  }
}

function trapScriptElements(): void {
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const isLoader = (caller: string) => caller.includes("/frontend/js/require.js");
    if (name.toLowerCase() === "script") report("script element", isLoader);
    return create(name, options);
  };
}

function trapConsole(): void {
  const methods = console as unknown as Record<string, (...parts: unknown[]) => void>;
  for (const [name, method] of Object.entries(methods)) {
    if (typeof method !== "function" || ALLOWED_IN_CONSOLE.has(name)) continue;
    methods[name] = (...parts) => {
      report(`console.${name}`);
      method.apply(console, parts);
    };
  }
}

function trapSyncXhr(): void {
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (
    this: XMLHttpRequest,
    method: string,
    url: string | URL,
    ...rest: unknown[]
  ) {
    if (rest[0] === false) report("synchronous XMLHttpRequest");
    return Reflect.apply(open, this, [method, url, rest[0] ?? true, ...rest.slice(1)]);
  } as typeof open;
}
