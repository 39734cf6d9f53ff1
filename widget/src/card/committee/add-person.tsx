import type { FoundContact } from "@dealscope/shared/committee";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { useShell } from "../../shell.tsx";
import { Button, TextButton } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { NewPerson } from "./new-person.tsx";
import type { PieceProps } from "./piece.ts";
import { addMember, findContacts } from "./requests.ts";
import { useCommitteeChange, withJoining } from "./use-committee-change.ts";

/** Brings somebody into the deal: whom Kommo knows already first, a new contact only where it knows nobody. */
export function AddPerson(props: PieceProps) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    place.current?.querySelector<HTMLElement>("button")?.focus();
  };
  return (
    <div ref={place}>
      <TextButton isExpanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {words.t("person.add")}
      </TextButton>
      {isOpen && <Search {...props} onDone={close} />}
    </div>
  );
}

const LEAST = 2;

function Search({ card, onDone }: PieceProps & { onDone: () => void }) {
  const words = useWords();
  const { client, page } = useShell();
  const [typed, setTyped] = useState("");
  const [wanted, setWanted] = useState("");
  const [role, setRole] = useState("");
  const [isNew, setNew] = useState(false);
  const found = useQuery({
    queryKey: ["contacts", page.accountId, page.userId, card.lead.id, wanted],
    queryFn: ({ signal }) => findContacts(client, card.lead.id, wanted, signal),
    enabled: wanted !== "",
  });
  const search = (event: FormEvent) => {
    event.preventDefault();
    setNew(false);
    const query = typed.trim();
    if (query.length < LEAST) return;
    if (query === wanted) void found.refetch();
    setWanted(query);
  };
  const contacts = found.data?.contacts ?? [];
  return (
    <search className="dsc-form dsc-stack">
      <form className="dsc-stack" onSubmit={search} onKeyDown={({ key }) => key === "Escape" && onDone()}>
        <TextField label={words.t("person.search")} value={typed} onChange={setTyped} hint={words.t("person.hint")} />
        <div className="dsc-row">
          <Button isPrimary type="submit" isBusy={found.isFetching}>
            {words.t("person.find")}
          </Button>
          <Button onClick={onDone}>{words.t("action.cancel")}</Button>
        </div>
      </form>
      {found.error && <Notice kind="error">{explain(found.error, words)}</Notice>}
      {found.isPending && found.isFetching && <Skeleton widths={[70, 55]} />}
      {found.data && (
        <>
          <Select
            label={words.t("person.role")}
            value={role}
            options={[
              { value: "", label: words.t("committee.no_role") },
              ...card.committee.roles.map(({ key, name }) => ({ value: key, label: name })),
            ]}
            onChange={setRole}
          />
          <div className="dsc-quiet" role="status">
            {words.t(contacts.length === 0 ? "person.none" : "person.found", { count: contacts.length })}
          </div>
          <ul className="dsc-list">
            {contacts.map((contact) => (
              <Found key={contact.id} {...{ card, contact, onDone }} role={role || null} />
            ))}
          </ul>
          {isNew ? (
            <NewPerson leadId={card.lead.id} typed={wanted} role={role || null} onDone={onDone} />
          ) : (
            <TextButton onClick={() => setNew(true)}>{words.t("person.create_new")}</TextButton>
          )}
        </>
      )}
    </search>
  );
}

interface FoundProps extends Pick<PieceProps, "card"> {
  contact: FoundContact;
  role: string | null;
  onDone: () => void;
}

function Found({ card, contact, role, onDone }: FoundProps) {
  const words = useWords();
  const add = useCommitteeChange(card.lead.id, onDone);
  const { id, name, title, emails, phones, isInDeal } = contact;
  return (
    <li className="dsc-found">
      <span className="dsc-found__words">
        <span>{name || words.t("committee.no_name", { id })}</span>
        <span className="dsc-quote">{[title, emails[0], phones[0]].filter(Boolean).join(" · ")}</span>
      </span>
      {isInDeal ? (
        <span className="dsc-quiet">{words.t("person.in_deal")}</span>
      ) : (
        <Button
          label={words.t("person.link_named", { name })}
          isBusy={add.isPending}
          onClick={() => add.mutate({ request: addMember({ contactId: id, role }), ahead: withJoining(name) })}
        >
          {words.t("person.link")}
        </Button>
      )}
      {add.error && <Notice kind="error">{explain(add.error, words)}</Notice>}
    </li>
  );
}
