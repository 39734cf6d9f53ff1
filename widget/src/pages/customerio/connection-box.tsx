import type { Connection, ConnectionAnswer, ConnectionWish } from "@dealscope/shared/customerio";
import { type FormEvent, type ReactNode, useState } from "react";
import { asProblem } from "../../api/problem.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { CONNECTION } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";
import { Box } from "../kit/box.tsx";
import { Confirm } from "../kit/confirm.tsx";
import { mistakesOf } from "../kit/problems.ts";
import { CheckButton, CheckSteps, useCheck } from "./check-steps.tsx";
import { Refusal } from "./refusal.tsx";

/** Keys go in here and are never shown again, not even while they wait to be saved. */
const NOTHING_TYPED = { trackKey: "", appKey: "", signingKey: "" };
const OPTIONAL = ["appKey", "signingKey"] as const;

interface Props {
  connection: Connection | null;
  /** Other keys are saved now, or none. */
  onChanged: () => void;
}

export function ConnectionBox({ connection, onChanged }: Props) {
  const words = useWords();
  const known = useKnown();
  const check = useCheck();
  const disconnect = useAction<ConnectionAnswer>(
    (ask) => ask(CONNECTION, { method: "DELETE" }),
    (answer) => {
      known.set(CONNECTION, answer);
      check.reset();
      onChanged();
    },
  );
  const afterSave = ({ trackKey, appKey }: ConnectionWish) => {
    onChanged();
    // Whether a signing key is right shows what comes next; what was found with the one before says nothing any more.
    if (trackKey || appKey || connection === null) check.mutate();
    else check.reset();
  };
  return (
    <Box
      title={words.t("cio_keys.title")}
      lead={connection ? words.t("cio_keys.lead") : `${words.t("cio_keys.first")} ${words.t("cio_keys.lead")}`}
      aside={
        connection && (
          <span className="dsc-badge dsc-badge--good">
            {words.t("cio_keys.workspace", { id: connection.environmentId, region: connection.region.toUpperCase() })}
          </span>
        )
      }
    >
      <div className="dsc-stack dsc-stack--wide">
        {connection?.sending.problem === "refused" && (
          <Notice kind="error" title={words.t("cio_standing.refused_title")}>
            {words.t("cio_standing.refused")}
          </Notice>
        )}
        {connection?.isShared && <Notice kind="warning">{words.t("cio_keys.shared")}</Notice>}
        <KeysForm connection={connection} onSaved={afterSave}>
          {connection && (
            <>
              <CheckButton check={check} checkedAt={connection.checkedAt} />
              <span className="dsc-grow" />
              <Confirm
                label={words.t("cio_keys.disconnect")}
                question={words.t("cio_keys.disconnect_sure")}
                isDanger
                isBusy={disconnect.isPending}
                onConfirm={() => disconnect.mutate()}
              />
            </>
          )}
        </KeysForm>
        {connection && <CheckSteps check={check} />}
        <Refusal error={disconnect.error} isOfCustomerio />
      </div>
    </Box>
  );
}

interface FormProps {
  connection: Connection | null;
  onSaved: (wish: ConnectionWish) => void;
  /** What else may be done, beside the button that saves. */
  children: ReactNode;
}

function KeysForm({ connection, onSaved, children }: FormProps) {
  const words = useWords();
  const known = useKnown();
  const [siteId, setSiteId] = useState<string>();
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [isTried, setTried] = useState(false);
  const save = useAction<ConnectionAnswer, ConnectionWish>(
    (ask, body) => ask(CONNECTION, { method: "PUT", body }),
    (answer, wish) => {
      known.set(CONNECTION, answer);
      setSiteId(undefined);
      setTyped(NOTHING_TYPED);
      setTried(false);
      onSaved(wish);
    },
  );
  const site = (siteId ?? connection?.siteId ?? "").trim();
  const missing = {
    siteId: site === "",
    trackKey: connection === null && typed.trackKey.trim() === "",
  };
  const isTyped = siteId !== undefined || Object.values(typed).some((key) => key.trim() !== "");
  const errors = { ...mistakesOf(save.error, words), ...refusedKeys(save.error) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing.siteId || missing.trackKey) return;
    const keys = Object.entries(typed).filter(([, key]) => key.trim() !== "");
    save.mutate({ siteId: site, ...Object.fromEntries(keys) });
  };
  return (
    <form className="dsc-stack dsc-stack--wide" onSubmit={submit} noValidate>
      <div className="dsc-pair dsc-pair--even">
        <TextField
          label={words.t("cio_keys.site")}
          value={siteId ?? connection?.siteId ?? ""}
          error={isTried && missing.siteId ? words.t("cio_keys.site_missing") : errors.siteId}
          onChange={setSiteId}
        />
        <TextField
          label={words.t("cio_keys.track")}
          hint={connection ? words.t("cio_keys.saved") : ""}
          value={typed.trackKey}
          error={isTried && missing.trackKey ? words.t("cio_keys.track_missing") : errors.trackKey}
          onChange={(trackKey) => setTyped({ ...typed, trackKey })}
        />
      </div>
      <p className="dsc-quiet dsc-summary">{words.t("cio_keys.where_track")}</p>
      <div className="dsc-pair dsc-pair--even">
        {OPTIONAL.map((name) => {
          const isThere = connection?.[name === "appKey" ? "hasAppKey" : "hasSigningKey"] ?? false;
          return (
            <div key={name} className="dsc-stack">
              <TextField
                label={words.t(NAMES[name])}
                hint={isThere ? words.t("cio_keys.saved") : ""}
                value={typed[name]}
                error={errors[name]}
                onChange={(key) => setTyped({ ...typed, [name]: key })}
              />
              <div className="dsc-quiet">{words.t(HINTS[name])}</div>
              {connection && isThere && (
                <Confirm
                  label={words.t("cio_keys.take_away")}
                  ofWhat={words.t(NAMES[name])}
                  question={words.t(LOSSES[name])}
                  isBusy={save.isPending && save.variables[name] === null}
                  onConfirm={() => save.mutate({ siteId: connection.siteId, [name]: null })}
                />
              )}
            </div>
          );
        })}
      </div>
      {save.error !== null && !asProblem(save.error).detail.issues?.length && (
        <Refusal error={save.error} isOfCustomerio />
      )}
      <div className="dsc-row">
        <Button type="submit" isPrimary={isTyped || !connection} isBusy={save.isPending} isDisabled={!isTyped}>
          {words.t(connection ? "cio_keys.save" : "cio_keys.connect")}
        </Button>
        <span className="dsc-quiet" role="status">
          {save.isPending ? words.t("cio_keys.trying") : ""}
        </span>
        {children}
      </div>
    </form>
  );

  /** Customer.io was asked, and does not know them. */
  function refusedKeys(error: unknown): Record<string, string> {
    const refused = (asProblem(error).detail.issues ?? []).filter(({ code }) => code === undefined);
    const isRefused = (name: string) => refused.some(({ path }) => path === name);
    return {
      ...(isRefused("trackKey") ? { trackKey: words.t("cio_keys.track_refused") } : {}),
      ...(isRefused("appKey") ? { appKey: words.t("cio_keys.app_refused") } : {}),
    };
  }
}

const NAMES = { appKey: "cio_keys.app", signingKey: "cio_keys.signing" } as const;
const LOSSES = { appKey: "cio_keys.app_loss", signingKey: "cio_keys.signing_loss" } as const;
const HINTS = { appKey: "cio_keys.app_hint", signingKey: "cio_keys.signing_hint" } as const;
