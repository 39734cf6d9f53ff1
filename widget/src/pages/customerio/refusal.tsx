import { asProblem } from "../../api/problem.ts";
import { useWords } from "../../i18n/words.ts";
import { Notice } from "../../ui/notice.tsx";
import { Failure } from "../kit/box.tsx";
import type { NameOfPlace } from "../kit/problems.ts";

interface Props {
  error: unknown;
  nameOf?: NameOfPlace;
  /** It was Customer.io that had to answer, and not Kommo. */
  isOfCustomerio?: boolean;
}

/** As `Failure`: only here a conflict is with Customer.io and not with a colleague, so its own sentence is shown. */
export function Refusal({ error, nameOf, isOfCustomerio }: Props) {
  const words = useWords();
  if (!error) return null;
  const { code, detail } = asProblem(error);
  if (code === "conflict" && detail.said) return <Notice kind="error">{detail.said}</Notice>;
  if (code === "unavailable" && isOfCustomerio) return <Notice kind="error">{words.t("cio_check.away")}</Notice>;
  return <Failure error={error} nameOf={nameOf} />;
}
