import { Frame } from "./layout.tsx";

interface Props {
  /** Where to go then. */
  to: string;
  name?: string;
  problem?: string;
}

export function SignInPage({ to, name, problem }: Props) {
  return (
    <Frame title="Sign in">
      <main className="narrow sheet">
        <h1>Dealscope operator</h1>
        {problem && (
          <p className="notice bad" role="alert">
            {problem}
          </p>
        )}
        <form method="post" action="/operator/sign-in">
          <input type="hidden" name="to" value={to} />
          <label>
            Your name
            <input name="name" autoComplete="username" defaultValue={name} maxLength={60} required />
          </label>
          <label>
            Operator token
            <input name="token" type="password" autoComplete="current-password" required />
          </label>
          <p className="quiet">The token is OPERATOR_TOKEN of this server. Your name is written into the audit.</p>
          <button type="submit" className="main">
            Sign in
          </button>
        </form>
      </main>
    </Frame>
  );
}
