import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";

interface Props {
  label: string;
  /** What happens then, asked once more. */
  question: string;
  isBusy: boolean;
  onConfirm: () => void;
}

/** A button for what cannot be taken back: it asks first. */
export function Confirm({ label, question, isBusy, onConfirm }: Props) {
  const words = useWords();
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <Button isBusy={isBusy} onClick={() => setAsking(true)}>
        {label}
      </Button>
    );
  const confirm = () => {
    setAsking(false);
    onConfirm();
  };
  return (
    <div className="dsc-row">
      <span>{question}</span>
      <Button isPrimary onClick={confirm}>
        {label}
      </Button>
      <Button onClick={() => setAsking(false)}>{words.t("action.cancel")}</Button>
    </div>
  );
}
