import type { Preview, PreviewWish } from "@dealscope/shared/customerio";
import type { EngagementSettings } from "@dealscope/shared/engagement";
import { useState } from "react";
import { useWords, type Words } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAction } from "../kit/asking.ts";
import { Box } from "../kit/box.tsx";
import { LeadPicker, type PickedLead } from "../kit/lead-picker.tsx";
import type { NameOfPlace } from "../kit/problems.ts";
import { Refusal } from "./refusal.tsx";

/** What Customer.io would be told of a real deal by the settings as they stand here, saved or not. */
export function PreviewBox({ settings, nameOf }: { settings: EngagementSettings; nameOf: NameOfPlace }) {
  const words = useWords();
  const [lead, setLead] = useState<PickedLead>();
  const look = useAction<Preview, PreviewWish>((ask, body) => ask("/api/engagement/preview", { method: "POST", body }));
  return (
    <Box title={words.t("cio_preview.title")} lead={words.t("cio_preview.lead")}>
      <div className="dsc-stack">
        <LeadPicker label={words.t("page.lead")} value={lead} onChange={setLead} />
        <div className="dsc-row">
          <Button
            isBusy={look.isPending}
            isDisabled={!lead}
            onClick={() => lead && look.mutate({ leadId: lead.id, settings })}
          >
            {words.t("cio_preview.button")}
          </Button>
        </div>
        <Refusal error={look.error} nameOf={nameOf} />
        <div className="dsc-stack" role="status">
          {look.data && <Result preview={look.data} />}
        </div>
      </div>
    </Box>
  );
}

function Result({ preview: { people, object, event, problems } }: { preview: Preview }) {
  const words = useWords();
  return (
    <>
      {problems.map((problem) => (
        <Notice key={problem} kind="warning">
          {problem}
        </Notice>
      ))}
      {people.length === 0 && <p className="dsc-quiet dsc-summary">{words.t("cio_preview.nobody")}</p>}
      {people.map(({ contactId, name, identifier, attributes }) => (
        <section key={contactId} aria-label={name}>
          <h4 className="dsc-subtitle">{name || words.t("committee.no_name", { id: contactId })}</h4>
          <div className="dsc-quiet">
            {identifier
              ? words.t(`cio_identifier.${identifier.by}`, { value: identifier.value })
              : words.t("cio_preview.no_identifier")}
          </div>
          <Attributes attributes={attributes} />
        </section>
      ))}
      <Folded name={words.t("cio_preview.event")} attributes={event} />
      {object && <Folded name={words.t("cio_preview.object")} attributes={object} />}
    </>
  );
}

function Folded({ name, attributes }: { name: string; attributes: Preview["event"] }) {
  return (
    <details className="dsc-fold">
      <summary>{name}</summary>
      <Attributes attributes={attributes} />
    </details>
  );
}

function Attributes({ attributes }: { attributes: Preview["event"] }) {
  const words = useWords();
  return (
    <dl className="dsc-attributes">
      {Object.entries(attributes).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{written(value, words)}</dd>
        </div>
      ))}
    </dl>
  );
}

function written(value: Preview["event"][string], words: Words): string {
  return value === null || value === "" ? words.t("cio_preview.empty") : String(value);
}
