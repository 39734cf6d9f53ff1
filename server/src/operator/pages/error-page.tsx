import { Frame } from "./layout.tsx";

/** What went wrong. */
export interface Told {
  status: number;
  title: string;
  sentence: string;
}

export function ErrorPage({ title, sentence }: Told) {
  return (
    <Frame title={title}>
      <main className="narrow sheet">
        <h1>{title}</h1>
        <p>{sentence}</p>
        <a href="/operator">To the accounts</a>
      </main>
    </Frame>
  );
}
