import type { Approval } from "@dealscope/shared/committee";
import { useWords } from "../../i18n/words.ts";

const SHAPES: Record<Approval, string> = {
  // A ring, a tick, a cross.
  pending: "M6 1.4a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2Zm0 1.5a3.1 3.1 0 1 1 0 6.2 3.1 3.1 0 0 1 0-6.2Z",
  approved: "M4.7 10 1.2 6.5l1.3-1.3 2.2 2.2 4.8-5 1.3 1.3Z",
  rejected: "M2.9 1.6 6 4.7l3.1-3.1 1.3 1.3L7.3 6l3.1 3.1-1.3 1.3L6 7.3l-3.1 3.1-1.3-1.3L4.7 6 1.6 2.9Z",
};

/** Whether somebody has agreed: a shape, a colour and the word. */
export function ApprovalSign({ approval }: { approval: Approval }) {
  const words = useWords();
  return (
    <span className={`dsc-approval dsc-approval--${approval}`}>
      <svg className="dsc-mark" viewBox="0 0 12 12" aria-hidden="true">
        <path d={SHAPES[approval]} fillRule="evenodd" />
      </svg>
      {words.t(`approval.${approval}`)}
    </span>
  );
}
