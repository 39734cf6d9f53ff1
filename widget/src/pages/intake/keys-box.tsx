import type { IntakeKey, IntakeKeys, IntakeSnippet, NewIntakeKey } from "@dealscope/shared/intake";
import { type FormEvent, useState } from "react";
import { asProblem } from "../../api/problem.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { INTAKE } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Empty, Failure, Loaded } from "../kit/box.tsx";
import { Confirm } from "../kit/confirm.tsx";
import { Check } from "../kit/controls.tsx";
import { useKept } from "../kit/kept.ts";

const KEYS = `${INTAKE}/keys`;

/** The addresses that forms send to: made, exchanged and revoked here. */
export function KeysBox() {
  const words = useWords();
  const query = useAnswer<IntakeKeys>(KEYS);
  return (
    <Box title={words.t("intake.keys")} lead={words.t("intake.keys_lead")}>
      <Loaded query={query} widths={[40, 88]}>
        {({ keys }) => (
          <div className="dsc-stack dsc-stack--wide">
            {keys.length === 0 && <Empty>{words.t("intake.no_keys")}</Empty>}
            <ul className="dsc-list">
              {keys.map((key) => (
                <KeyItem key={key.id} intakeKey={key} />
              ))}
            </ul>
            <NewKey />
          </div>
        )}
      </Loaded>
    </Box>
  );
}

function NewKey() {
  const words = useWords();
  const known = useKnown();
  const [typed, keep] = useKept<string>("intake-key");
  const [isMissing, setMissing] = useState(false);
  const [isTrusted, setTrusted] = useState(false);
  const make = useAction<IntakeKeys, NewIntakeKey>(
    (ask, body) => ask(KEYS, { method: "POST", body }),
    (answer) => {
      known.set(KEYS, answer);
      keep(undefined);
      setTrusted(false);
    },
  );
  const isFull = make.error !== null && asProblem(make.error).code === "conflict";
  const name = (typed ?? "").trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(name === "");
    if (name !== "") make.mutate({ name, isTrusted });
  };
  return (
    <form className="dsc-stack" onSubmit={submit} noValidate>
      <div className="dsc-row dsc-row--labelled">
        <div className="dsc-narrow dsc-grow">
          <TextField
            label={words.t("intake.key_name")}
            hint={words.t("intake.key_name_hint")}
            value={typed ?? ""}
            error={isMissing && name === "" ? words.t("intake.key_name_missing") : undefined}
            onChange={keep}
          />
        </div>
        <Button type="submit" isPrimary isBusy={make.isPending}>
          {words.t("intake.make")}
        </Button>
      </div>
      <Check isOn={isTrusted} onChange={setTrusted}>
        {words.t("intake.trusted")}
        <span className="dsc-quiet dsc-below">{words.t("intake.trusted_hint")}</span>
      </Check>
      {isFull ? <Notice kind="error">{words.t("intake.too_many")}</Notice> : <Failure error={make.error} />}
    </form>
  );
}

function KeyItem({
  intakeKey: { id, name, isTrusted, url, createdBy, createdAt, rotatedAt, formerUntil },
}: {
  intakeKey: IntakeKey;
}) {
  const words = useWords();
  const known = useKnown();
  const [isShown, setShown] = useState(false);
  const change = useAction<IntakeKeys, "rotate" | "revoke">(
    (ask, what) =>
      what === "rotate" ? ask(`${KEYS}/${id}/rotate`, { method: "POST" }) : ask(`${KEYS}/${id}`, { method: "DELETE" }),
    (answer) => {
      known.set(KEYS, answer);
      void known.refresh(`${KEYS}/${id}/snippet`);
    },
  );
  const now = Date.now();
  return (
    <li className="dsc-list__item dsc-stack">
      <div className="dsc-row dsc-row--apart">
        <div>
          <div className="dsc-strong">{name}</div>
          {isTrusted && <div className="dsc-quiet">{words.t("intake.trusted_mark")}</div>}
          <div className="dsc-quiet">
            {words.t("intake.made_by", { name: createdBy, when: words.when(createdAt, now) })}
            {rotatedAt && ` · ${words.t("intake.rotated", { when: words.when(rotatedAt, now) })}`}
          </div>
        </div>
        <div className="dsc-row">
          <Confirm
            label={words.t("intake.rotate")}
            question={words.t("intake.rotate_sure")}
            isBusy={change.isPending && change.variables === "rotate"}
            onConfirm={() => change.mutate("rotate")}
          />
          <Confirm
            label={words.t("intake.revoke")}
            question={words.t("intake.revoke_sure")}
            isBusy={change.isPending && change.variables === "revoke"}
            onConfirm={() => change.mutate("revoke")}
          />
        </div>
      </div>
      <div className="dsc-row">
        <code className="dsc-code">{url}</code>
        <CopyButton text={url} />
      </div>
      {formerUntil && (
        <div className="dsc-quiet">{words.t("intake.former_until", { when: words.when(formerUntil, now) })}</div>
      )}
      <Failure error={change.error} />
      {!isTrusted && (
        <div>
          <Button isExpanded={isShown} onClick={() => setShown(!isShown)}>
            {words.t(isShown ? "intake.hide_form" : "intake.show_form")}
          </Button>
        </div>
      )}
      {isShown && <Snippet keyId={id} />}
    </li>
  );
}

/** A form to be put into a page. */
function Snippet({ keyId }: { keyId: number }) {
  const words = useWords();
  const query = useAnswer<IntakeSnippet>(`${KEYS}/${keyId}/snippet`);
  return (
    <Loaded query={query} widths={[60, 90, 75]}>
      {({ html }) => (
        <div className="dsc-stack">
          <div className="dsc-row dsc-row--apart">
            <span className="dsc-quiet">{words.t("intake.form_lead")}</span>
            <CopyButton text={html} />
          </div>
          <textarea
            className="dsc-select dsc-code dsc-code--block"
            readOnly
            rows={12}
            spellCheck={false}
            aria-label={words.t("intake.form_html")}
            value={html}
          />
        </div>
      )}
    </Loaded>
  );
}
