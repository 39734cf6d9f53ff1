import type { Card } from "@dealscope/shared/card";
import { useRef } from "react";
import { useWords } from "../../i18n/words.ts";
import { Notice } from "../../ui/notice.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Part, type PartProps } from "../part.tsx";
import { AddPerson } from "./add-person.tsx";
import { Coverage } from "./coverage.tsx";
import { Hold } from "./hold.tsx";
import { Member } from "./member.tsx";
import { Objections } from "./objections.tsx";
import type { PieceProps } from "./piece.ts";
import { Wording } from "./wording.ts";

/** Who decides about this purchase, what keeps them, and what they wait for. */
export function CommitteePart({ card, now }: PartProps) {
  const words = useWords();
  return (
    <Part title={words.t("committee.title")} loading={<SkeletonRows widths={[46, 34, 58]} />} card={card}>
      {(shown) => <People card={shown} now={now} />}
    </Part>
  );
}

function People({ card, now }: { card: Card; now: number }) {
  const words = useWords();
  const panel = useRef<HTMLDivElement>(null);
  const { members, joining } = card.committee;
  const piece: PieceProps = {
    card,
    now,
    wording: new Wording(card.committee, words),
    onGone: () => panel.current?.focus({ preventScroll: true }),
  };
  return (
    <div className="dsc-stack dsc-people" ref={panel} tabIndex={-1}>
      <Hold {...piece} />
      <Coverage {...piece} />
      {members.length === 0 ? (
        <p className="dsc-quiet dsc-summary">{words.t("committee.empty")}</p>
      ) : (
        <ul className="dsc-list">
          {members.map((member) => (
            <Member key={member.contactId} {...piece} member={member} />
          ))}
        </ul>
      )}
      {joining.map(({ name, state, why }) =>
        state === "waiting" ? (
          <p key={name} className="dsc-quiet dsc-summary dsc-progress" role="status">
            {words.t("committee.joining", { name })}
          </p>
        ) : (
          <Notice key={name} kind="error">
            {words.t("committee.not_joined", { name })} {why}
          </Notice>
        ),
      )}
      <Objections {...piece} />
      {card.lead.mayEdit && <AddPerson {...piece} />}
    </div>
  );
}
