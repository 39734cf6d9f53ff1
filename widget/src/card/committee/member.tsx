import type { Committee, CommitteeMember } from "@dealscope/shared/committee";
import { useRef, useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import { ApprovalSign } from "./approval-sign.tsx";
import { MemberForm } from "./member-form.tsx";
import type { PieceProps } from "./piece.ts";
import { changeMember } from "./requests.ts";
import { SuggestedRole } from "./suggested-role.tsx";
import { useCommitteeChange, withMember } from "./use-committee-change.ts";

const NO_ROLE = "";

/** One of the committee: who it is, which part he plays, whether he has agreed, and for how long he has been silent. */
export function Member(props: PieceProps & { member: CommitteeMember }) {
  const { card, member, wording, now } = props;
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const sign = useRef<HTMLButtonElement>(null);
  const { contactId, role, approval, approvalNote } = member;
  const name = wording.name(contactId);
  const change = useCommitteeChange(card.lead.id);
  const play = (key: string) => {
    const next = key === NO_ROLE ? null : key;
    change.mutate({
      request: changeMember(contactId, { role: next }),
      ahead: withMember(contactId, { role: next, suggestion: null }),
    });
  };
  const close = () => {
    setOpen(false);
    sign.current?.focus();
  };
  return (
    <li className="dsc-member">
      <div className="dsc-member__line">
        <span className="dsc-member__name">
          <a className="dsc-link" href={`/contacts/detail/${contactId}`}>
            {name}
          </a>
          {member.isMain && <span className="dsc-quiet"> {words.t("committee.main")}</span>}
        </span>
        {card.lead.mayEdit ? (
          <button
            ref={sign}
            type="button"
            className="dsc-sign-button"
            aria-expanded={isOpen}
            aria-label={`${words.t(`approval.${approval}`)}: ${name}`}
            onClick={() => setOpen(!isOpen)}
          >
            <ApprovalSign approval={approval} />
          </button>
        ) : (
          <ApprovalSign approval={approval} />
        )}
      </div>
      <div className="dsc-member__line">
        {card.lead.mayEdit ? (
          <Select
            label={words.t("committee.role_of", { name })}
            value={role ?? NO_ROLE}
            options={[
              { value: NO_ROLE, label: words.t("committee.no_role") },
              ...card.committee.roles.map(({ key, name }) => ({ value: key, label: name })),
            ]}
            onChange={play}
            isBare
            isQuiet
          />
        ) : (
          <span className="dsc-quiet">{role === null ? words.t("committee.no_role") : wording.role(role)}</span>
        )}
        <span className={member.isSilent ? "dsc-quiet dsc-silent" : "dsc-quiet"}>{silenceOf(member)}</span>
      </div>
      {approval === "rejected" && approvalNote && <q className="dsc-quote">{approvalNote}</q>}
      {change.error && <Notice kind="error">{explain(change.error, words)}</Notice>}
      {isOpen && <MemberForm {...props} onDone={close} />}
      <SuggestedRole {...props} />
    </li>
  );

  function silenceOf({ lastTouchAt, isSilent }: Committee["members"][number]): string {
    if (lastTouchAt === null) return isSilent ? words.t("committee.never_heard") : "";
    const ago = words.ago(lastTouchAt, now);
    return isSilent ? words.t("committee.silent", { since: ago }) : ago;
  }
}
