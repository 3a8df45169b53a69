import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { type Api, createApi } from '../api/client.ts';
import { askHost, listenToHost } from './host.ts';
import { type Ending, SignIn } from './sign-in.tsx';
import { expiryOf, forgetToken, readToken, storeToken } from './token.ts';

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
const LONGEST_TIMER_MS = 2_000_000_000;

function useExpiry(token: string, onEnd: () => void): void {
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    const expiresAt = expiryOf(token);
    if (expiresAt === undefined) return undefined;
    const left = Math.min(expiresAt - Date.now(), LONGEST_TIMER_MS);
    const timers = [setTimeout(askHost, left - RENEWAL_LEAD_MS), setTimeout(() => end(), left)];
    return () => timers.forEach(clearTimeout);
  }, [token]);
}

/** Shows its children to somebody who is signed in, and else how to sign in. The address stays, so work goes on there. */
export function SessionGate({ children }: { children: ReactNode }): ReactNode {
  const [token, setToken] = useState(readToken);
  const [ending, setEnding] = useState<Ending>('none');
  const current = useRef(token);
  current.current = token;
  const signIn = (given: string): void => {
    storeToken(given);
    setEnding('none');
    setToken(readToken());
  };
  const end = (how: Ending): void => {
    forgetToken();
    setEnding(how);
    setToken('');
  };
  const takeFromHost = useEffectEvent(signIn);
  useEffect(() => listenToHost((given) => takeFromHost(given)), []);
  useEffect(() => {
    if (token === '' && ending !== 'signed-out') askHost();
  }, [token, ending]);
  useExpiry(token, () => end('expired'));
  if (token === '') return <SignIn ending={ending} onToken={signIn} />;
  return (
    <Connected token={() => current.current} onEnd={end}>
      {children}
    </Connected>
  );
}

function Connected({
  token,
  onEnd,
  children,
}: {
  token: () => string;
  onEnd: (how: Ending) => void;
  children: ReactNode;
}): ReactNode {
  const end = useEffectEvent(onEnd);
  const [api, setApi] = useState<Api>();
  const read = useEffectEvent(token);
  useEffect(() => {
    const created = createApi(
      () => read(),
      () => end('expired'),
    );
    setApi(created);
    return () => created.stop();
  }, []);
  const session = useMemo(() => api && { ...api, signOut: () => onEnd('signed-out') }, [api, onEnd]);
  return session === undefined ? null : <SessionContext value={session}>{children}</SessionContext>;
}
