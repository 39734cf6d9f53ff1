import type { IcpSamples } from "@dealscope/shared/icp-samples";
import type { PromptVersion, PromptVersionNumber, PromptVersions } from "@dealscope/shared/prompt-versions";
import type { Settings } from "@dealscope/shared/settings";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { TextAreaField } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { VERSIONS } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Failure, Loaded } from "../kit/box.tsx";
import { useKept } from "../kit/kept.ts";
import { mistakesOf } from "../kit/problems.ts";
import { useFirstTime } from "./use-first-time.ts";

const KEEP = "";
const isPassed = (settings: Settings): Settings => ({
  ...settings,
  firstTime: { ...settings.firstTime, icp: true },
});

/** Whom the account wants to sell to: begins with a sample of its industry. */
export function IcpStep({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const known = useKnown();
  const samples = useAnswer<IcpSamples>("/api/icp-samples");
  const versions = useAnswer<PromptVersions>(VERSIONS);
  const [typed, keep] = useKept<string>("first-icp");
  const pass = useFirstTime(() => {
    keep(undefined);
    onDone();
  });
  const publish = useAction<void, PromptVersion["content"]>(
    async (ask, content) => {
      const { number } = await ask<PromptVersionNumber>(VERSIONS, { method: "POST", body: content });
      const body = { note: words.t("path.icp_note") };
      await ask<PromptVersion>(`${VERSIONS}/${number}/publish`, { method: "POST", body });
    },
    () => {
      void known.refresh(VERSIONS);
      pass.mutate(isPassed);
    },
  );
  return (
    <Loaded query={versions}>
      {(list) => {
        const content = list.versions.find(({ state }) => state === "published")?.content;
        if (!content) return null;
        const icp = typed ?? content.icp;
        const save = () => (icp === content.icp ? pass.mutate(isPassed) : publish.mutate({ ...content, icp }));
        return (
          <div className="dsc-stack">
            <Loaded query={samples} widths={[50]}>
              {(offered) => (
                <Select
                  label={words.t("path.industry")}
                  value={offered.samples.find((sample) => sample.icp === icp)?.key ?? KEEP}
                  options={[
                    { value: KEEP, label: words.t("path.industry_own") },
                    ...offered.samples.map(({ key, industry }) => ({ value: key, label: industryName(key, industry) })),
                  ]}
                  onChange={(key) => {
                    const sample = offered.samples.find((each) => each.key === key);
                    keep(sample?.icp);
                  }}
                />
              )}
            </Loaded>
            <TextAreaField
              label={words.t("criteria.icp")}
              value={icp}
              rows={7}
              error={mistakesOf(publish.error, words).icp}
              onChange={keep}
            />
            <p className="dsc-quiet">{words.t("criteria.icp_hint")}</p>
            <Failure error={publish.error ?? pass.error} />
            <div className="dsc-row">
              <Button isPrimary isBusy={publish.isPending || pass.isPending} onClick={save}>
                {words.t("path.go_on")}
              </Button>
            </div>
          </div>
        );
      }}
    </Loaded>
  );

  function industryName(key: string, industry: string): string {
    return isKnownIndustry(key) ? words.t(`industry.${key}`) : industry;
  }
}

const INDUSTRIES = ["software", "real_estate", "education", "health", "wholesale", "agency"] as const;

function isKnownIndustry(key: string): key is (typeof INDUSTRIES)[number] {
  return (INDUSTRIES as readonly string[]).includes(key);
}
