import { ButtonNeutralTheme, ButtonPrimaryTheme, Button as KitButton } from "@kommo-crm/crm-react-ui-kit/Button";
import type { ReactNode } from "react";

interface Props {
  children: ReactNode;
  onClick?: () => void;
  /** The one button of a view that a person most likely wants. */
  isPrimary?: boolean;
  isBusy?: boolean;
  isDisabled?: boolean;
  type?: "button" | "submit";
  isExpanded?: boolean;
}

export function Button({ children, onClick, isPrimary, isBusy, isDisabled, type, isExpanded }: Props) {
  return (
    <KitButton
      theme={isPrimary ? ButtonPrimaryTheme : ButtonNeutralTheme}
      className={isPrimary ? "dsc-button dsc-button--primary" : "dsc-button"}
      type={type ?? "button"}
      isLoading={isBusy ?? false}
      isDisabled={isDisabled ?? false}
      // A button that is busy keeps the keyboard's place, and its name though its text gives way to a spinner.
      isClickableWhileDisabled={!isDisabled}
      aria-busy={isBusy ?? false}
      aria-label={isBusy && typeof children === "string" ? children : undefined}
      {...(isExpanded === undefined ? {} : { "aria-expanded": isExpanded })}
      {...(onClick ? { onClick } : {})}
    >
      {children}
    </KitButton>
  );
}

/** A button that looks like a link: for what is of little weight. */
export function TextButton({ children, onClick, isExpanded }: Pick<Props, "children" | "onClick" | "isExpanded">) {
  return (
    <button type="button" className="dsc-text-button" onClick={onClick} aria-expanded={isExpanded}>
      {children}
    </button>
  );
}
