import type { ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";

export type CheckState = "good" | "warning" | "bad" | "unknown";

const SIGNS: Record<CheckState, string> = { good: "✓", warning: "!", bad: "✕", unknown: "?" };

interface Props {
  state: CheckState;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** One thing that must hold: whether it does, what is known of it, and the button that heals it. */
export function CheckRow({ state, title, children, action }: Props) {
  const words = useWords();
  return (
    <li className="dsc-checklist__row">
      <span className={`dsc-sign dsc-sign--${state}`} role="img" aria-label={words.t(`sign.${state}`)}>
        {SIGNS[state]}
      </span>
      <div className="dsc-checklist__what">
        <div className="dsc-strong">{title}</div>
        <div className="dsc-quiet">{children}</div>
      </div>
      {action && <div className="dsc-checklist__action">{action}</div>}
    </li>
  );
}
