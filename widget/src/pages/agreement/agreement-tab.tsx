import type { PromptVersions } from "@dealscope/shared/prompt-versions";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Select } from "../../ui/select.tsx";
import { VERSIONS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Loaded } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { BackTestPart } from "./back-test-part.tsx";
import { Disagreements } from "./disagreements.tsx";
import { LabelsBox } from "./labels-box.tsx";
import { VersionAgreement } from "./version-agreement.tsx";

/** How far a version and people are of one mind. */
export function AgreementTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const query = useAnswer<PromptVersions>(VERSIONS);
  const [chosen, choose] = useState<number>();
  return (
    <>
      <Loaded query={query} widths={[40, 70, 65]}>
        {({ versions }) => {
          const version =
            versions.find(({ number }) => number === chosen) ?? versions.find(({ state }) => state === "published");
          if (!version) return null;
          return (
            <>
              <Box title={words.t("agree.title")} lead={words.t("agree.lead")}>
                <div className="dsc-stack dsc-stack--wide">
                  <div className="dsc-narrow">
                    <Select
                      label={words.t("agree.version")}
                      value={String(version.number)}
                      options={versions.map(({ number, state }) => ({
                        value: String(number),
                        label: `${words.t("versions.number", { number })} – ${words.t(`version_state.${state}`)}`,
                      }))}
                      onChange={(number) => choose(Number(number))}
                    />
                  </div>
                  <VersionAgreement version={version} />
                  {isAdmin && <BackTestPart version={version} />}
                </div>
              </Box>
              {isAdmin && <Disagreements number={version.number} />}
            </>
          );
        }}
      </Loaded>
      {isAdmin && <LabelsBox />}
    </>
  );
}
