import type { ComponentProps } from "react";
import { SaveBar } from "./save-bar.tsx";

/** Saves what several boxes of a page change together; stays in sight while they are scrolled. */
export function SaveStrip(props: ComponentProps<typeof SaveBar>) {
  return (
    <div className="dsc-save-strip">
      <SaveBar {...props} />
    </div>
  );
}
