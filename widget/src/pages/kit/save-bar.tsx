import type { ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Failure } from "./box.tsx";
import type { NameOfPlace } from "./problems.ts";

interface Draft {
  isDirty: boolean;
  isConflict: boolean;
  save: { isPending: boolean; isSuccess: boolean; error: unknown; mutate: (how: "carefully" | "over") => void };
  drop: () => void;
}

interface Props {
  draft: Draft;
  label?: string;
  nameOf?: NameOfPlace;
  children?: ReactNode;
}

/** Saves a part of the settings, tells when somebody else has, and lets a person choose then. */
export function SaveBar({ draft, label, nameOf, children }: Props) {
  const words = useWords();
  const { isDirty, isConflict, save, drop } = draft;
  return (
    <div className="dsc-stack dsc-save">
      {isConflict ? (
        <Conflict isBusy={save.isPending} onTheirs={drop} onMine={() => save.mutate("over")} />
      ) : (
        <Failure error={save.error} nameOf={nameOf} />
      )}
      <div className="dsc-row">
        <Button
          isPrimary={isDirty}
          isBusy={save.isPending}
          isDisabled={!isDirty}
          onClick={() => save.mutate("carefully")}
        >
          {label ?? words.t("action.save")}
        </Button>
        {isDirty && <Button onClick={drop}>{words.t("page.undo")}</Button>}
        {children}
        <span className="dsc-quiet" role="status">
          {isDirty ? words.t("page.unsaved") : save.isSuccess ? words.t("page.saved") : ""}
        </span>
      </div>
    </div>
  );
}

interface ConflictProps {
  isBusy: boolean;
  onTheirs: () => void;
  onMine: () => void;
  /** How the two differ. */
  children?: ReactNode;
}

/** Two administrators at once. */
export function Conflict({ isBusy, onTheirs, onMine, children }: ConflictProps) {
  const words = useWords();
  return (
    <Notice
      kind="warning"
      title={words.t("page.conflict_title")}
      action={
        <>
          <Button onClick={onTheirs}>{words.t("page.conflict_theirs")}</Button>
          <Button isBusy={isBusy} onClick={onMine}>
            {words.t("page.conflict_mine")}
          </Button>
        </>
      }
    >
      {words.t("page.conflict_text")}
      {children}
    </Notice>
  );
}
