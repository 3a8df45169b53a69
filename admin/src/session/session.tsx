import {
  Activity,
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from 'react';
import { notifications } from '@mantine/notifications';
import { type Api, createApi } from '../api/client.ts';
import { runAt } from './alarm.ts';
import { askHost, listenToHost } from './host.ts';
import { forgetDrafts } from './kept.ts';
import { type Ending, SignIn } from './sign-in.tsx';
import { expiryOf, forgetToken, readToken, storeToken, subjectOf, takeTokenFromAddress } from './token.ts';

export interface Session extends Api {
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Nobody is signed in here.');
  return session;
}

/** A minute before the end, the host may hand over the next token without anybody noticing. */
const RENEWAL_LEAD_MS = 60_000;
const FIRST_ASK_MS = 5_000;
const LONGEST_ASK_MS = 60_000;

/** By the clock of this machine, which may be wrong: so it is the server that is asked whether the token has expired. */
function useExpiry(token: string, api: Api | undefined): void {
  useEffect(() => {
    const expiresAt = expiryOf(token);
    if (expiresAt === undefined || !api) return undefined;
    // A host whose tokens seem old from the beginning must not be asked for one after the other.
    const cancelRenewal = runAt(Math.max(expiresAt - RENEWAL_LEAD_MS, Date.now() + FIRST_ASK_MS), askHost);
    let asking: ReturnType<typeof setTimeout> | undefined;
    const ask = (wait: number): void => {
      void api.askWhetherSignedIn();
      asking = setTimeout(() => ask(Math.min(wait * 2, LONGEST_ASK_MS)), wait);
    };
    const cancelAsking = runAt(expiresAt, () => ask(FIRST_ASK_MS));
    return () => {
      cancelRenewal();
      cancelAsking();
      clearTimeout(asking);
    };
  }, [token, api]);
}

interface SignedIn {
  readonly token: string;
  /** Whose work is on the page. It outlives their token, and nobody else finds it. */
  readonly subject: string | undefined;
  readonly ending: Ending;
}

const holderOf = (token: string): SignedIn => ({
  token,
  subject: token === '' ? undefined : subjectOf(token),
  ending: 'none',
});

/** Shows its children to somebody who is signed in, and else how to sign in. What was begun stays, hidden, beneath it. */
export function SessionGate({ children }: { children: ReactNode }): ReactNode {
  const [{ token, subject, ending }, setSignedIn] = useState(() => holderOf(readToken()));
  const signIn = (given: string): void => {
    if (storeToken(given)) return setSignedIn(holderOf(readToken()));
    forgetToken();
    setSignedIn(({ subject }) => ({ token: '', subject, ending: 'refused' }));
  };
  const end = (how: Ending): void => {
    forgetToken();
    if (how === 'signed-out') forgetDrafts();
    setSignedIn((before) => ({ token: '', subject: how === 'expired' ? before.subject : undefined, ending: how }));
  };
  const take = useEffectEvent(signIn);
  useEffect(() => listenToHost((given) => take(given)), []);
  useEffect(() => {
    const hear = (): void => {
      const given = takeTokenFromAddress();
      if (given !== undefined) take(given);
    };
    window.addEventListener('hashchange', hear);
    return () => window.removeEventListener('hashchange', hear);
  }, []);
  useEffect(() => {
    if (token === '' && ending !== 'signed-out') askHost();
  }, [token, ending]);
  return (
    <>
      {token === '' ? <SignIn ending={ending} onToken={signIn} /> : null}
      {subject === undefined ? null : (
        <Connected key={subject} token={token} onEnd={end}>
          <Activity mode={token === '' ? 'hidden' : 'visible'}>{children}</Activity>
        </Connected>
      )}
    </>
  );
}

function Connected({
  token,
  onEnd,
  children,
}: {
  token: string;
  onEnd: (how: Ending) => void;
  children: ReactNode;
}): ReactNode {
  const end = useEffectEvent(onEnd);
  const [api, setApi] = useState<Api>();
  const current = useRef(token);
  current.current = token;
  useEffect(() => {
    const created = createApi(
      () => current.current,
      () => end('expired'),
    );
    setApi(created);
    return () => {
      created.stop();
      // What it offers is done as whoever was signed in.
      notifications.clean();
    };
  }, []);
  // Another token of the same person may give them other roles.
  useEffect(() => {
    if (token !== '') void api?.askWhetherSignedIn();
  }, [token, api]);
  useExpiry(token, api);
  const session = useMemo(() => api && { ...api, signOut: () => onEnd('signed-out') }, [api, onEnd]);
  return session === undefined ? null : <SessionContext value={session}>{children}</SessionContext>;
}
