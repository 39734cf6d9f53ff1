import type { ReactNode } from "react";

interface Props {
  kind: "info" | "warning" | "error";
  title?: string;
  children: ReactNode;
  /** What a person can do about it. */
  action?: ReactNode;
}

/** One thing to know, and what to do about it. Errors are said at once, the others when there is a pause. */
export function Notice({ kind, title, children, action }: Props) {
  return (
    <div className={`dsc-notice dsc-notice--${kind}`} role={kind === "error" ? "alert" : "status"}>
      {title && <div className="dsc-strong">{title}</div>}
      <div>{children}</div>
      {action && <div className="dsc-notice__action dsc-row">{action}</div>}
    </div>
  );
}
