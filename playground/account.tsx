import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { operation } from './example.ts';
import { ask } from './fetcher.ts';
import { isToken } from './session.ts';

type Standing =
  { kind: 'none' } | { kind: 'asking' } | { kind: 'known'; who: string } | { kind: 'refused'; why: string };

interface ViewerAnswer {
  readonly viewer: {
    readonly userId: string;
    readonly memberships: readonly { readonly workspaceId: string; readonly role: string }[];
  };
}

async function standingOf(token: string): Promise<Standing> {
  if (!isToken(token))
    return {
      kind: 'refused',
      why: 'This is no token: no token has a space or a character like … in it. Copy it whole.',
    };
  try {
    const { data, errors } = await ask(token, { query: operation('who') });
    if (!data) return { kind: 'refused', why: errors?.[0]?.message ?? 'The token was not accepted.' };
    const { userId, memberships } = (data as ViewerAnswer).viewer;
    const roles = memberships.map(({ workspaceId, role }) => `${role.toLowerCase()} of ${workspaceId}`);
    return { kind: 'known', who: [userId, ...roles].join(' · ') };
  } catch {
    return { kind: 'refused', why: 'The server cannot be reached.' };
  }
}

function useStanding(token: string): Standing {
  const [standing, setStanding] = useState<Standing>({ kind: 'asking' });
  useEffect(() => {
    let current = true;
    setStanding(token === '' ? { kind: 'none' } : { kind: 'asking' });
    if (token !== '') void standingOf(token).then((found) => current && setStanding(found));
    return () => {
      current = false;
    };
  }, [token]);
  return standing;
}

function Status({ standing }: { standing: Standing }): ReactNode {
  switch (standing.kind) {
    case 'none':
      return <span className="account-status account-warning">Paste a token to begin</span>;
    case 'asking':
      return <span className="account-status">Checking…</span>;
    case 'known':
      return (
        <span className="account-status account-good" title={standing.who}>
          {standing.who}
        </span>
      );
    case 'refused':
      return (
        <span className="account-status account-bad" title={standing.why}>
          {standing.why}
        </span>
      );
  }
}

export function Account({ token, onToken }: { token: string; onToken: (token: string) => void }): ReactNode {
  const standing = useStanding(token);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string') onToken(token);
  };
  return (
    <form className="account" onSubmit={submit} autoComplete="off">
      <Status standing={standing} />
      <input
        key={token}
        name="token"
        type="password"
        defaultValue={token}
        placeholder="Bearer token"
        aria-label="Bearer token"
        spellCheck={false}
      />
      <button type="submit">Use</button>
    </form>
  );
}
