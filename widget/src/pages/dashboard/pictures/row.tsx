import type { ReactNode } from "react";

interface Props {
  label: string;
  /** What the drawing says, in figures. */
  figure: string;
  /** Further figures of less weight. */
  more?: string | undefined;
  /** Shows the deals behind it. */
  onOpen?: (() => void) | undefined;
  /** The drawing itself, which is not said. */
  children: ReactNode;
}

/** One line of a picture: what it is, how much, and its figures. Where there are deals behind it, it is a button. */
export function PictureRow({ label, figure, more, onOpen, children }: Props) {
  const content = (
    <>
      <span className="dsc-figure__label">{label}</span>
      {children}
      <span className="dsc-figure__figure">
        <span className="dsc-strong">{figure}</span>
        {more && <span className="dsc-quiet dsc-figure__more">{more}</span>}
      </span>
    </>
  );
  return (
    <li className="dsc-figure__item">
      {onOpen ? (
        <button type="button" className="dsc-figure__row" onClick={onOpen}>
          {content}
        </button>
      ) : (
        <div className="dsc-figure__row">{content}</div>
      )}
    </li>
  );
}
