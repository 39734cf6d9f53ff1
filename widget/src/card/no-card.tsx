import { explain } from "../api/explain.ts";
import { asProblem } from "../api/problem.ts";
import { Connect } from "../connect.tsx";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";

/** A deal that is being entered: there is nothing to judge yet. */
export function NotSaved() {
  const words = useWords();
  return (
    <Notice kind="info" title={words.t("state.new_title")}>
      {words.t("state.new_text")}
    </Notice>
  );
}

/** In place of a card that cannot be shown: why, and what to do. */
export function NoCard({ error, isBusy, onRetry }: { error: Error; isBusy: boolean; onRetry: () => void }) {
  const words = useWords();
  const { code } = asProblem(error);
  if (code === "not_connected" || code === "needs_reconnect") {
    return (
      <Notice
        kind="info"
        title={words.t("state.not_connected_title")}
        action={<Connect label={words.t("action.connect")} onMaybeDone={onRetry} />}
      >
        {words.t(code === "not_connected" ? "state.not_connected_text" : "error.needs_reconnect")}
      </Notice>
    );
  }
  if (code === "not_found") {
    return (
      <Notice kind="info" title={words.t("state.no_rights_title")}>
        {words.t("error.not_found")}
      </Notice>
    );
  }
  return (
    <Notice
      kind={code === "offline" ? "warning" : "error"}
      title={words.t("state.error_title")}
      action={
        <Button isBusy={isBusy} onClick={onRetry}>
          {words.t("action.retry")}
        </Button>
      }
    >
      {explain(error, words)}
    </Notice>
  );
}
