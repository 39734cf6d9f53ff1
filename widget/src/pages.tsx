import type { ReactNode } from "react";
import type { ActionPlace } from "./host/places.ts";
import { AdvancedPage } from "./pages/advanced-page.tsx";
import { DigitalPipelineAction } from "./pages/digital-pipeline-action.tsx";
import { SettingsModal } from "./pages/settings-modal.tsx";
import { type Shell, ShellProvider } from "./shell.tsx";

/** What an administrator sees. A file of its own, asked for only where it is shown. */
export interface Pages {
  /** In the window of Kommo's list of integrations. */
  settings(shell: Shell): ReactNode;
  /** The page of its own. */
  advanced(shell: Shell): ReactNode;
  /** Where one of our actions is put on a stage of the Digital Pipeline. */
  digitalPipeline(shell: Shell, place: ActionPlace): ReactNode;
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
  digitalPipeline: (shell, place) => (
    <ShellProvider shell={shell}>
      <DigitalPipelineAction place={place} />
    </ShellProvider>
  ),
};
