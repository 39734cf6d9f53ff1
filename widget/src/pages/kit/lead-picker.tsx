import type { FoundLeads } from "@dealscope/shared/lead-search";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { useAnswer } from "./asking.ts";
import { SegmentMark } from "./outcome.tsx";

export interface PickedLead {
  id: number;
  name: string;
}

interface Props {
  label: string;
  value: PickedLead | undefined;
  onChange: (lead: PickedLead | undefined) => void;
}

const PAUSE_MS = 250;

/** Finds a lead by a part of its name or its number. */
export function LeadPicker({ label, value, onChange }: Props) {
  const words = useWords();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [marked, setMarked] = useState(0);
  const search = useSettled(typed, PAUSE_MS);
  const found = useAnswer<FoundLeads>(`/api/leads?search=${encodeURIComponent(search.trim())}`, { isWanted: isOpen });
  const leads = found.data?.leads ?? [];
  const nameOf = (lead: PickedLead) => lead.name.trim() || words.t("page.lead_number", { id: lead.id });

  const pick = (lead: PickedLead | undefined) => {
    if (lead) onChange({ id: lead.id, name: nameOf(lead) });
    setTyped("");
    setOpen(false);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setMarked(Math.max(0, Math.min(leads.length - 1, marked + (isOpen ? step : 0))));
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      pick(leads[marked]);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      setOpen(false);
    }
  };

  return (
    <div className="dsc-field dsc-picker">
      <label className="dsc-field__label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="dsc-select"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && leads[marked] ? `${id}-${leads[marked].id}` : undefined}
        autoComplete="off"
        placeholder={words.t("page.find_lead")}
        value={isOpen ? typed : value ? nameOf(value) : typed}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKey}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setMarked(0);
          setOpen(true);
        }}
      />
      <div id={`${id}-list`} className="dsc-picker__list" role="listbox" aria-label={label} hidden={!isOpen}>
        {leads.map((lead, index) => (
          <div
            key={lead.id}
            id={`${id}-${lead.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === marked}
            className="dsc-picker__lead"
            onMouseDown={(event) => {
              event.preventDefault();
              pick(lead);
            }}
          >
            <span>{nameOf(lead)}</span>
            {lead.segment ? <SegmentMark segment={lead.segment} score={lead.score} /> : null}
          </div>
        ))}
      </div>
      {isOpen && found.data && leads.length === 0 && (
        <div className="dsc-quiet" role="status">
          {words.t("page.no_lead_found")}
        </div>
      )}
    </div>
  );
}

/** The value once it has stayed the same for a while. */
export function useSettled<Value>(value: Value, ms: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), ms);
    return () => window.clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
