import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";

interface Props {
  label: string;
  /** What it is done to, said after the label: for one of many buttons of the same text. */
  ofWhat?: string;
  /** What happens then, asked once more. */
  question: string;
  /** What the button says that leaves all as it is; needed where the other one cancels something itself. */
  refusal?: string;
  isDanger?: boolean;
  isBusy: boolean;
  onConfirm: () => void;
}

/** A button for what cannot be taken back: it asks first. */
export function Confirm({ label, ofWhat, question, refusal, isDanger = false, isBusy, onConfirm }: Props) {
  const words = useWords();
  const [isAsking, setAsking] = useState(false);
  const said = ofWhat === undefined ? {} : { label: `${label}: ${ofWhat}` };
  if (!isAsking)
    return (
      <div className="dsc-row">
        <Button isDanger={isDanger} isBusy={isBusy} onClick={() => setAsking(true)} {...said}>
          {label}
        </Button>
      </div>
    );
  const confirm = () => {
    setAsking(false);
    onConfirm();
  };
  return (
    <div className="dsc-row">
      <span>{question}</span>
      <Button isPrimary onClick={confirm} {...said}>
        {label}
      </Button>
      <Button onClick={() => setAsking(false)}>{refusal ?? words.t("action.cancel")}</Button>
    </div>
  );
}
