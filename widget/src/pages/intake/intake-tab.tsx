import { useWords } from "../../i18n/words.ts";
import { Box, Empty } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { DestinationBox } from "./destination-box.tsx";
import { KeysBox } from "./keys-box.tsx";
import { ProposalsBox } from "./proposals-box.tsx";
import { RequestsBox } from "./requests-box.tsx";

/** How forms of web pages reach the account, and what came of them. */
export function IntakeTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  return (
    <>
      {isAdmin ? (
        <KeysBox />
      ) : (
        <Box title={words.t("intake.keys")}>
          <Empty>{words.t("page.admins_only")}</Empty>
        </Box>
      )}
      <DestinationBox />
      {isAdmin && <ProposalsBox />}
      {isAdmin && <RequestsBox />}
    </>
  );
}
