import type { Told } from "../page-errors.filter.ts";
import { Frame } from "./layout.tsx";

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
