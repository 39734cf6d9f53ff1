import { useWords } from "../i18n/words.ts";
import { useShell } from "../shell.tsx";
import { Connection } from "./connection.tsx";

/** In Kommo's window: connects the account, and leads to the page where everything else is set. */
export function SettingsModal() {
  const words = useWords();
  const { page } = useShell();
  return (
    <div className="dsc-settings">
      <Connection
        action={
          <a className="dsc-link" href={`/settings/widgets/${encodeURIComponent(page.code)}/`}>
            {words.t("connection.open_settings")}
          </a>
        }
      />
    </div>
  );
}
