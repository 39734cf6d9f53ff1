import { Frame } from "./layout.tsx";

/** Asks for the same address once more, this time from here. */
export function AgainPage({ to }: { to: string }) {
  return (
    <Frame title="One moment" head={<meta httpEquiv="refresh" content={`0; url=${to}`} />}>
      <main>
        <a href={to}>Go on</a>
      </main>
    </Frame>
  );
}
