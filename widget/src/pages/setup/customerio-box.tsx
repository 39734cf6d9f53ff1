import type { ConnectionAnswer } from "@dealscope/shared/customerio";
import { useWords } from "../../i18n/words.ts";
import { StandingRows } from "../customerio/standing-rows.tsx";
import { CONNECTION } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Loaded } from "../kit/box.tsx";

const AGAIN_MS = 30_000;

/** Whether news go to Customer.io and come from there. */
export function CustomerioBox() {
  const words = useWords();
  const query = useAnswer<ConnectionAnswer>(CONNECTION, { again: () => AGAIN_MS });
  return (
    <Box
      title="Customer.io"
      aside={
        <a className="dsc-link" href="#customerio">
          {words.t("cio_standing.open")}
        </a>
      }
    >
      <Loaded query={query} widths={[50, 70]}>
        {({ connection }) =>
          connection ? (
            <StandingRows connection={connection} />
          ) : (
            <p className="dsc-quiet dsc-summary">{words.t("cio_standing.not_connected")}</p>
          )
        }
      </Loaded>
    </Box>
  );
}
