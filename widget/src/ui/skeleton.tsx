/** Grey lines in the place of a text that is loading. @param widths in percent, each another */
export function Skeleton({ widths }: { widths: readonly number[] }) {
  return (
    <div aria-hidden="true">
      {widths.map((width) => (
        <div key={width} className="dsc-skeleton" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

/** In the place of a list: each row has a title and a line below it. @param widths of the titles in percent, each another */
export function SkeletonRows({ widths }: { widths: readonly number[] }) {
  return (
    <div aria-hidden="true">
      {widths.map((width) => (
        <div key={width} className="dsc-skeleton-row">
          <div className="dsc-skeleton" style={{ width: `${width}%` }} />
          <div className="dsc-skeleton" style={{ width: `${width + 30}%` }} />
        </div>
      ))}
    </div>
  );
}
