import type { BiAccess, BiSecret } from "@dealscope/shared/bi";
import type { ReactNode } from "react";
import { asProblem } from "../../api/problem.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { BI } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Failure, Loaded } from "../kit/box.tsx";
import { Confirm } from "../kit/confirm.tsx";

/** The account's login for tools such as Metabase. Its password is shown once, and gone with this page. */
export function BiBox() {
  const words = useWords();
  const known = useKnown();
  const query = useAnswer<BiAccess>(BI);
  const make = useAction<BiSecret>(
    (ask) => ask(BI, { method: "POST" }),
    ({ password: _, ...access }) => known.set(BI, access),
  );
  const revoke = useAction<BiAccess>(
    (ask) => ask(BI, { method: "DELETE" }),
    (access) => known.set(BI, access),
  );
  const password = make.data?.password;
  const isNotHere = make.error !== null && asProblem(make.error).code === "conflict";
  return (
    <div className="dsc-report">
      <Box title={words.t("bi.title")} lead={words.t("bi.lead")}>
        <Loaded query={query} widths={[64, 48]}>
          {({ login, address, database, views }) => (
            <div className="dsc-stack">
              {login ? (
                <>
                  <dl className="dsc-facts">
                    <Fact name={words.t("bi.address")}>{address ?? words.t("bi.no_address")}</Fact>
                    <Fact name={words.t("bi.database")}>{database}</Fact>
                    <Fact name={words.t("bi.user")}>{login.name}</Fact>
                    <Fact name={words.t("bi.views")}>{views.join(", ")}</Fact>
                  </dl>
                  {password && (
                    <Notice kind="warning" title={words.t("bi.once")} action={<CopyButton text={password} />}>
                      <code className="dsc-code">{password}</code>
                    </Notice>
                  )}
                  <div className="dsc-quiet">
                    {words.t("bi.made_by", { name: login.madeBy, when: words.when(login.madeAt, Date.now()) })}
                  </div>
                  <div className="dsc-row">
                    <Confirm
                      label={words.t("bi.renew")}
                      question={words.t("bi.renew_sure")}
                      isBusy={make.isPending}
                      onConfirm={() => make.mutate()}
                    />
                    <Confirm
                      label={words.t("bi.revoke")}
                      question={words.t("bi.revoke_sure")}
                      isBusy={revoke.isPending}
                      onConfirm={() => revoke.mutate()}
                    />
                  </div>
                </>
              ) : (
                <div>
                  <Button isBusy={make.isPending} onClick={() => make.mutate()}>
                    {words.t("bi.make")}
                  </Button>
                </div>
              )}
              {isNotHere ? (
                <Notice kind="error">{words.t("bi.not_here")}</Notice>
              ) : (
                <Failure error={make.error ?? revoke.error} />
              )}
            </div>
          )}
        </Loaded>
      </Box>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="dsc-facts__fact">
      <dt className="dsc-quiet">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
