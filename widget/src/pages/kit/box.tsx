import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { explainHere, type NameOfPlace } from "./problems.ts";

interface BoxProps {
  title: string;
  /** One sentence below the title. */
  lead?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page. */
export function Box({ title, lead, aside, children }: BoxProps) {
  const words = useWords();
  return (
    <Panel
      title={title}
      aside={aside}
      broken={(again) => (
        <Notice kind="error" action={<Button onClick={again}>{words.t("action.retry")}</Button>}>
          {words.t("error.part")}
        </Notice>
      )}
    >
      {lead && <p className="dsc-intro dsc-quiet">{lead}</p>}
      {children}
    </Panel>
  );
}

interface LoadedProps<Answer> {
  query: UseQueryResult<Answer>;
  /** Of the grey lines while it loads; see `Skeleton`. */
  widths?: readonly number[];
  children: (answer: Answer) => ReactNode;
}

/** Loading, failed, or there. What was there stays when it cannot be renewed. */
export function Loaded<Answer>({ query, widths = [70, 90, 45], children }: LoadedProps<Answer>) {
  const words = useWords();
  return (
    <>
      {query.error && (
        <Notice
          kind="error"
          action={
            <Button isBusy={query.isFetching} onClick={() => void query.refetch()}>
              {words.t("action.retry")}
            </Button>
          }
        >
          {explainHere(query.error, words)}
        </Notice>
      )}
      {query.data !== undefined && children(query.data)}
      {query.data === undefined && !query.error && (
        <div aria-busy="true">
          <span className="dsc-said">{words.t("page.loading")}</span>
          <Skeleton widths={widths} />
        </div>
      )}
    </>
  );
}

/** What came of something a person has done, when it failed. */
export function Failure({ error, nameOf }: { error: unknown; nameOf?: NameOfPlace | undefined }) {
  const words = useWords();
  return error ? <Notice kind="error">{explainHere(error, words, nameOf)}</Notice> : null;
}

/** There is nothing to show, and why. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="dsc-empty dsc-quiet">{children}</p>;
}
