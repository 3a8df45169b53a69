import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './admin.css';
// Before the router, or what it draws on the way back is drawn before it is known that it is the way back.
import './notifications/navigated.ts';
import { App } from './app.tsx';
import { styleNonce } from './page.ts';
import { Boundary } from './parts/boundary.tsx';
import { takeTokenFromAddress } from './session/token.ts';
import { cssVariables, theme } from './theme.ts';

takeTokenFromAddress();
// What keeps the page from scrolling behind a dialog writes a style element, and looks for its nonce here.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <Notifications position="bottom-right" limit={4} />
      <Boundary>
        <App />
      </Boundary>
    </MantineProvider>
  </StrictMode>,
);
