import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import type { Client } from "./api/client.ts";
import type { Page } from "./host/page.ts";
import { type Words, WordsContext } from "./i18n/words.ts";

/** What every view of the widget stands on. Made by the script and handed to the pages. */
export interface Shell {
  client: Client;
  queryClient: QueryClient;
  page: Page;
  words: Words;
}

const ShellContext = createContext<Shell | null>(null);

export function ShellProvider({ shell, children }: { shell: Shell; children: ReactNode }) {
  return (
    <ShellContext value={shell}>
      <WordsContext value={shell.words}>
        <QueryClientProvider client={shell.queryClient}>{children}</QueryClientProvider>
      </WordsContext>
    </ShellContext>
  );
}

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error("There is no shell here.");
  return shell;
}
