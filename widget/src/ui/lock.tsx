/** A padlock: a person's word holds. */
export function Lock({ label }: { label: string }) {
  return (
    <svg className="dsc-lock" viewBox="0 0 12 12" role="img" aria-label={label}>
      <path d="M3 5V3.5a3 3 0 0 1 6 0V5h.5c.6 0 1 .4 1 1v4.5c0 .6-.4 1-1 1h-7c-.6 0-1-.4-1-1V6c0-.6.4-1 1-1H3Zm1.4 0h3.2V3.5a1.6 1.6 0 0 0-3.2 0V5Z" />
    </svg>
  );
}
