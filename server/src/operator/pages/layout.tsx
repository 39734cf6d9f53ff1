import type { ReactNode } from "react";

export interface Viewer {
  name: string;
  /** For forms. */
  formKey: string;
}

const PLACES = [
  ["/operator", "Accounts"],
  ["/operator/stuck", "Stuck"],
  ["/operator/queues/", "Queues"],
  ["/operator/audit", "Audit"],
] as const;

export type Place = (typeof PLACES)[number][0];

/** What every page has for who is signed in. */
export function Layout(props: { title: string; place: Place; viewer: Viewer; children: ReactNode }) {
  const { title, place, viewer, children } = props;
  return (
    <Frame title={title}>
      <header>
        <div>
          <strong>Dealscope operator</strong>
          <nav aria-label="Pages">
            {PLACES.map(([address, name]) => (
              <a key={address} href={address} aria-current={address === place ? "page" : undefined}>
                {name}
              </a>
            ))}
          </nav>
          <form method="post" action="/operator/sign-out">
            <FormKey viewer={viewer} />
            <span>{viewer.name}</span>
            <button type="submit" className="small">
              Sign out
            </button>
          </form>
        </div>
      </header>
      <main>{children}</main>
    </Frame>
  );
}

/** A document; what changes is in `children`. */
export function Frame({ title, head, children }: { title: string; head?: ReactNode; children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {head}
        <title>{`${title} · Dealscope operator`}</title>
        <link rel="stylesheet" href="/operator/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>{children}</body>
    </html>
  );
}

/** Shows that a form stands in a page of this session. */
export function FormKey({ viewer }: { viewer: Viewer }) {
  return <input type="hidden" name="formKey" value={viewer.formKey} />;
}
