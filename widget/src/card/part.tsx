import type { Card } from "@dealscope/shared/card";
import type { ReactNode } from "react";
import { useWords } from "../i18n/words.ts";
import { TextButton } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Panel } from "../ui/panel.tsx";

/** What every panel gets. `card` undefined: it is loading. */
export interface PartProps {
  card: Card | undefined;
  /** The server's time in milliseconds. */
  now: number;
}

interface Props {
  title: string;
  aside?: ReactNode;
  /** As high as what will stand here, so that nothing jumps when the card is there. */
  loading: ReactNode;
  card: Card | undefined;
  children: (card: Card) => ReactNode;
}

/** A panel of the card with its states: loading, broken, and what `children` draw, empty or full. */
export function Part({ title, aside, loading, card, children }: Props) {
  const words = useWords();
  return (
    <Panel
      title={title}
      aside={aside}
      isBusy={!card}
      broken={(again) => (
        <Notice kind="error" action={<TextButton onClick={again}>{words.t("action.retry")}</TextButton>}>
          {words.t("error.part")}
        </Notice>
      )}
    >
      {card ? children(card) : loading}
    </Panel>
  );
}
