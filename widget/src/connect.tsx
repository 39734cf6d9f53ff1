import { useEffect, useState } from "react";
import { explain } from "./api/explain.ts";
import { record } from "./host/page.ts";
import { useWords } from "./i18n/words.ts";
import { useShell } from "./shell.tsx";
import { Button } from "./ui/button.tsx";

interface Props {
  label: string;
  /** The window has told that it is done, or was left: time to look whether it worked. */
  onMaybeDone: () => void;
}

type State = { step: "idle" | "opening" | "open" | "blocked" } | { step: "failed"; error: unknown };

/** Opens Kommo's consent window, and notices by itself when it is done. */
export function Connect({ label, onMaybeDone }: Props) {
  const words = useWords();
  const { client } = useShell();
  const [state, setState] = useState<State>({ step: "idle" });

  useEffect(() => {
    if (state.step !== "open") return;
    const onMessage = ({ origin, data }: MessageEvent) => {
      if (origin !== DEALSCOPE_URL || record(data).source !== "dealscope") return;
      setState({ step: "idle" });
      onMaybeDone();
    };
    // Where the window cannot speak to us, coming back from it must do.
    window.addEventListener("message", onMessage);
    window.addEventListener("focus", onMaybeDone);
    return () => {
      window.removeEventListener("message", onMessage);
      window.removeEventListener("focus", onMaybeDone);
    };
  }, [state, onMaybeDone]);

  const open = async () => {
    // At once, or the browser takes it for an advertisement.
    const opened = window.open("", "dealscope-connect", "popup,width=760,height=680");
    if (!opened) return setState({ step: "blocked" });
    setState({ step: "opening" });
    try {
      opened.location.href = await client.connectAddress();
      setState({ step: "open" });
    } catch (error) {
      opened.close();
      setState({ step: "failed", error });
    }
  };

  return (
    <>
      <Button isPrimary isBusy={state.step === "opening"} onClick={() => void open()}>
        {label}
      </Button>
      <div className="dsc-quiet" role="status">
        {state.step === "open" && words.t("state.waiting_for_window")}
        {state.step === "blocked" && words.t("state.window_blocked")}
        {state.step === "failed" && explain(state.error, words)}
      </div>
    </>
  );
}
