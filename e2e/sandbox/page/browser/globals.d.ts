import type { Sandbox } from "./host/recorder.ts";

type Loaded = (...modules: unknown[]) => void;

interface Require {
  (ids: string[], loaded?: Loaded, failed?: (error: RequireError) => void): void;
  config(options: object): void;
  undef(id: string): void;
}

interface RequireError extends Error {
  requireModules?: string[];
}

declare global {
  /** RequireJS 2.3.5. */
  const requirejs: Require;
  const define: (id: string, dependencies: string[], value: unknown) => void;

  interface Window {
    /** What tests and curious people look at; no part of Kommo. */
    sandbox: Sandbox;
    APP: object;
    AMOCRM: object;
  }
}
