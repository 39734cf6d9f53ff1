import { ButtonNeutralTheme, ButtonPrimaryTheme, Button as KitButton } from "@kommo-crm/crm-react-ui-kit/Button";
import type { ReactNode } from "react";

interface Props {
  children: ReactNode;
  onClick?: () => void;
  /** The one button of a view that a person most likely wants. */
  isPrimary?: boolean;
  /** It takes away what works. */
  isDanger?: boolean;
  isBusy?: boolean;
  isDisabled?: boolean;
  type?: "button" | "submit";
  isExpanded?: boolean;
  /** What is said instead of the text, which it begins with: for one of many buttons of the same text. */
  label?: string;
}

export function Button({ children, onClick, isPrimary, isDanger, isBusy, isDisabled, type, isExpanded, label }: Props) {
  return (
    <KitButton
      theme={isPrimary ? ButtonPrimaryTheme : ButtonNeutralTheme}
      className={`dsc-button${isPrimary ? " dsc-button--primary" : ""}${isDanger ? " dsc-button--danger" : ""}`}
      type={type ?? "button"}
      isLoading={isBusy ?? false}
      isDisabled={isDisabled ?? false}
      // A button that is busy keeps the keyboard's place, and its name though its text gives way to a spinner.
      isClickableWhileDisabled={!isDisabled}
      aria-busy={isBusy ?? false}
      aria-label={label ?? (isBusy && typeof children === "string" ? children : undefined)}
      {...(isExpanded === undefined ? {} : { "aria-expanded": isExpanded })}
      {...(onClick ? { onClick } : {})}
    >
      {children}
    </KitButton>
  );
}

/** A button that looks like a link: for what is of little weight. */
export function TextButton({
  children,
  onClick,
  isExpanded,
  label,
}: Pick<Props, "children" | "onClick" | "isExpanded" | "label">) {
  return (
    <button type="button" className="dsc-text-button" onClick={onClick} aria-expanded={isExpanded} aria-label={label}>
      {children}
    </button>
  );
}
