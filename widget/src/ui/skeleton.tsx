/** Grey lines in the place of a text that is loading, as high as it will be. @param widths in percent, each another */
export function Skeleton({ widths }: { widths: readonly number[] }) {
  return (
    <div aria-hidden="true">
      {widths.map((width) => (
        <div key={width} className="dsc-skeleton" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
