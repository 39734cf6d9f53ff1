import { useEffect, useState } from "react";
import { useWords } from "../i18n/words.ts";
import { Button } from "./button.tsx";

const SHOWN_MS = 2_000;

export function CopyButton({ text }: { text: string }) {
  const words = useWords();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <>
      <Button onClick={() => void copy()}>{isCopied ? `✓ ${words.t("action.copied")}` : words.t("action.copy")}</Button>
      <span className="dsc-said" role="status">
        {isCopied && words.t("action.copied")}
      </span>
    </>
  );
}
