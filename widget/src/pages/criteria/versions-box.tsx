import type { PromptVersion, PromptVersions } from "@dealscope/shared/prompt-versions";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button, TextButton } from "../../ui/button.tsx";
import { VERSIONS } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Failure, Loaded } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { Diff } from "./diff.tsx";
import { publishedIn } from "./use-draft.ts";

/** What was in force when, what has changed since, and the way back. */
export function VersionsBox() {
  const words = useWords();
  const query = useAnswer<PromptVersions>(VERSIONS);
  return (
    <Box title={words.t("versions.title")} lead={words.t("versions.lead")}>
      <Loaded query={query}>
        {({ versions }) => (
          <ul className="dsc-list">
            {versions.map((version) => (
              <Version key={version.number} version={version} versions={versions} />
            ))}
          </ul>
        )}
      </Loaded>
    </Box>
  );
}

function Version({ version, versions }: { version: PromptVersion; versions: readonly PromptVersion[] }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const known = useKnown();
  const [isOpen, setOpen] = useState(false);
  const rollBack = useAction<PromptVersion>(
    (ask) =>
      ask(`${VERSIONS}/${version.number}/publish`, {
        method: "POST",
        body: { note: words.t("versions.rolled_back_note", { number: version.number }) },
      }),
    () => void known.refresh(VERSIONS),
  );
  const inForce = publishedIn(versions);
  // What is in force is compared with what was before it; anything else with what is in force.
  const other = version.number === inForce?.number ? versions.find(({ number }) => number < version.number) : inForce;
  const time = version.publishedAt ?? version.createdAt;
  return (
    <li className="dsc-list__item">
      <div className="dsc-row dsc-row--apart">
        <div>
          <span className="dsc-strong">{words.t("versions.number", { number: version.number })}</span>{" "}
          <span className={version.state === "published" ? "dsc-badge dsc-badge--good" : "dsc-badge"}>
            {words.t(`version_state.${version.state}`)}
          </span>
          <div className="dsc-quiet">
            {version.createdBy}, {words.when(time, Date.now())}
            {version.note && ` – ${version.note}`}
          </div>
        </div>
        <div className="dsc-row">
          {other && (
            <TextButton isExpanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {words.t("versions.compare", { number: other.number })}
            </TextButton>
          )}
          {isAdmin && version.state === "archived" && (
            <Button isBusy={rollBack.isPending} onClick={() => rollBack.mutate()}>
              {words.t("versions.roll_back")}
            </Button>
          )}
        </div>
      </div>
      <Failure error={rollBack.error} />
      {isOpen && other && <Diff older={older(version, other).content} newer={newer(version, other).content} />}
    </li>
  );
}

const older = (a: PromptVersion, b: PromptVersion) => (a.number < b.number ? a : b);
const newer = (a: PromptVersion, b: PromptVersion) => (a.number < b.number ? b : a);
