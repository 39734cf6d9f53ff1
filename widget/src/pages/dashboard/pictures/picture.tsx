import { type ReactNode, useState } from "react";
import { useWords } from "../../../i18n/words.ts";
import { TextButton } from "../../../ui/button.tsx";

/** A picture, and the table of the same figures behind it. */
export function Picture({ children, table }: { children: ReactNode; table: ReactNode }) {
  const words = useWords();
  const [isTable, setTable] = useState(false);
  return (
    <>
      {isTable ? <div className="dsc-scroll">{table}</div> : children}
      <div className="dsc-picture__switch">
        <TextButton isExpanded={isTable} onClick={() => setTable(!isTable)}>
          {words.t(isTable ? "dashboard.as_picture" : "dashboard.as_table")}
        </TextButton>
      </div>
    </>
  );
}
