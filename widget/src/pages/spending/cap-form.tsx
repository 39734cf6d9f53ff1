import { useWords } from "../../i18n/words.ts";
import { TextField } from "../../ui/field.tsx";
import { Loaded } from "../kit/box.tsx";
import { useKept } from "../kit/kept.ts";
import { mistakesOf } from "../kit/problems.ts";
import { SaveBar } from "../kit/save-bar.tsx";
import { useSettingsDraft } from "../kit/settings-draft.ts";
import { useIsAdmin } from "../kit/viewer.ts";

/** How much a month may cost; when it is reached, leads wait. */
export function CapForm() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const draft = useSettingsDraft("cap", ["monthlyCapDollars"]);
  const [typed, keepTyped] = useKept<string>("cap-text");
  const stored = draft.value?.monthlyCapDollars;
  const text = typed ?? (stored === null || stored === undefined ? "" : String(stored));
  const amount = amountIn(text);
  const type = (next: string) => {
    keepTyped(next);
    const value = amountIn(next);
    if (value !== undefined) draft.change({ monthlyCapDollars: value });
  };
  const drop = () => {
    keepTyped(undefined);
    draft.drop();
  };
  const save = (how: "carefully" | "over") => draft.save.mutate(how, { onSuccess: () => keepTyped(undefined) });
  const isDirty = draft.isDirty && amount !== undefined;
  return (
    <Loaded query={draft.query} widths={[25]}>
      {() => (
        <>
          <div className="dsc-narrow">
            <TextField
              label={words.t("spending.cap")}
              hint={words.t("spending.cap_none")}
              value={text}
              error={
                amount === undefined
                  ? words.t("spending.cap_wrong")
                  : mistakesOf(draft.save.error, words)["settings.monthlyCapDollars"]
              }
              onChange={type}
            />
          </div>
          <p className="dsc-quiet">{words.t("spending.cap_hint")}</p>
          {isAdmin && <SaveBar draft={{ ...draft, drop, save: { ...draft.save, mutate: save }, isDirty }} />}
        </>
      )}
    </Loaded>
  );
}

/** @returns dollars, null for no limit, undefined when it is no amount */
function amountIn(text: string): number | null | undefined {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return null;
  return /^\d{1,7}(\.\d{1,2})?$/.test(plain) ? Number(plain) : undefined;
}
