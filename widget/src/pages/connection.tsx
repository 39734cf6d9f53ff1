import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import { explain } from "../api/explain.ts";
import { asProblem } from "../api/problem.ts";
import { sessionQuery } from "../api/queries.ts";
import { Connect } from "../connect.tsx";
import { useWords } from "../i18n/words.ts";
import { useShell } from "../shell.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** Whether Kommo lets us in; connects or repairs it. @param action what to do next when all is well */
export function Connection({ action }: { action?: ReactNode }) {
  const words = useWords();
  const { client, page } = useShell();
  const query = useQuery(sessionQuery(client, page));
  const again = () => {
    client.forgetSession();
    void query.refetch();
  };
  useGrantOnItsWay(query.error, again);
  if (query.data?.accountStatus === "active") {
    return (
      <Notice kind="info" title={`✓ ${words.t("connection.ok_title")}`} action={action}>
        {words.t("connection.ok_text", { name: query.data.userName })}
      </Notice>
    );
  }
  if (query.data) {
    return (
      <Notice
        kind="warning"
        title={words.t("connection.broken_title")}
        action={<Connect label={words.t("action.reconnect")} onMaybeDone={again} />}
      >
        {words.t("connection.broken_text")}
      </Notice>
    );
  }
  if (query.error && asProblem(query.error).code === "not_connected") {
    return (
      <Notice
        kind="info"
        title={words.t("connection.none_title")}
        action={<Connect label={words.t("action.connect")} onMaybeDone={again} />}
      >
        {words.t("connection.none_text")}
      </Notice>
    );
  }
  if (query.error) {
    return (
      <Notice
        kind="error"
        title={words.t("connection.error_title")}
        action={
          <Button isBusy={query.isFetching} onClick={again}>
            {words.t("action.retry")}
          </Button>
        }
      >
        {explain(query.error, words)}
      </Notice>
    );
  }
  return (
    <div aria-busy="true">
      <span className="dsc-said">{words.t("connection.checking")}</span>
      <Skeleton widths={[30, 80, 22]} />
    </div>
  );
}

const LOOKS = 3;
const BETWEEN_MS = 2_500;

/** After Install, Kommo hands the grant to our backend by itself, which takes a few seconds. */
function useGrantOnItsWay(error: Error | null, look: () => void) {
  const looks = useRef(0);
  const lookNow = useEffectEvent(look);
  useEffect(() => {
    if (!error || asProblem(error).code !== "not_connected" || looks.current === LOOKS) return;
    looks.current += 1;
    const timer = setTimeout(() => lookNow(), BETWEEN_MS);
    return () => clearTimeout(timer);
  }, [error]);
}
