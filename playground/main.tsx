// The editor's workers, bundled and served from here: nothing comes from elsewhere.
import 'graphiql/setup-workers/vite';
import { GraphiQL } from 'graphiql';
import { type ReactNode, StrictMode, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './playground.css';
import { Account } from './account.tsx';
import { operation } from './example.ts';
import { createFetcher } from './fetcher.ts';
import { remember } from './memory.ts';
import { isToken, readToken, storeToken, takeReturnFromAddress, takeTokenFromAddress } from './session.ts';
import { walkPlugin } from './walk.plugin.tsx';

const PLUGINS = [walkPlugin];
const FIRST_TAB = [{ query: operation('who') }];

function Playground(): ReactNode {
  const [token, setToken] = useState(readToken);
  const isUsable = isToken(token);
  const fetcher = useMemo(() => createFetcher(isUsable ? token : ''), [isUsable, token]);
  const changeToken = (changed: string): void => {
    storeToken(changed);
    setToken(readToken());
  };
  return (
    <GraphiQL
      // Another token may see another schema, and its socket is another one: begin afresh. The tabs are kept in storage.
      key={token}
      fetcher={fetcher}
      plugins={PLUGINS}
      visiblePlugin={walkPlugin}
      defaultTabs={FIRST_TAB}
      defaultEditorToolsVisibility="variables"
      isHeadersEditorEnabled={false}
      showPersistHeadersSettings={false}
      {...(isUsable ? {} : { schema: null })}
    >
      <GraphiQL.Logo>
        <Account token={token} onToken={changeToken} />
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

takeTokenFromAddress();
const { claim, failed } = takeReturnFromAddress();
if (claim !== undefined) remember({ claim, failed: undefined, authorizeUrl: undefined });
if (failed !== undefined) remember({ failed, claim: undefined, authorizeUrl: undefined });

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <Playground />
  </StrictMode>,
);
