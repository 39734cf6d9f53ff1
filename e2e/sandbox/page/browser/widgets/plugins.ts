import { Modal } from "../host/modal.ts";

interface Load {
  (value: unknown): void;
  error(error: Error): void;
}

/** What widgets may name in `define([...])` besides the libraries. */
export function defineHostModules(): void {
  requirejs.config({ baseUrl: "/frontend/js/", waitSeconds: 45 });
  define("lib/components/base/modal", [], () => Modal);

  /** A module that cannot be loaded is `{}`, and nobody is told. */
  define("optional", [], () => ({
    normalize: (name: string) => name,
    load(name: string, require: typeof requirejs, loaded: Load) {
      require([name], loaded, ({ requireModules = [] }) => {
        for (const id of requireModules) requirejs.undef(id);
        loaded({});
      });
    },
  }));

  define("text", [], () => ({
    normalize: asItIs,
    load: (name: string, _: unknown, loaded: Load) => fetchText(name, loaded, (text) => text),
  }));
  define("json", [], () => ({
    normalize: asItIs,
    load: (name: string, _: unknown, loaded: Load) => fetchText(name, loaded, JSON.parse),
  }));
}

const asItIs = (name: string) => name;

function fetchText(url: string, loaded: Load, read: (text: string) => unknown): void {
  fetch(url)
    .then((answer) => {
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
      return answer.text();
    })
    .then((text) => loaded(read(text)))
    .catch((error: Error) => loaded.error(error));
}
