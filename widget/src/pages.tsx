import type { ReactNode } from "react";
import { AdvancedPage } from "./pages/advanced-page.tsx";
import { SettingsModal } from "./pages/settings-modal.tsx";
import { type Shell, ShellProvider } from "./shell.tsx";

/** What an administrator sees. A file of its own, asked for only where it is shown. */
export interface Pages {
  /** In the window of Kommo's list of integrations. */
  settings(shell: Shell): ReactNode;
  /** The page of its own. */
  advanced(shell: Shell): ReactNode;
}

export const pages: Pages = {
  settings: (shell) => (
    <ShellProvider shell={shell}>
      <SettingsModal />
    </ShellProvider>
  ),
  advanced: (shell) => (
    <ShellProvider shell={shell}>
      <AdvancedPage />
    </ShellProvider>
  ),
};
