import { Alert, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect } from 'react';
import { page } from '../page.ts';
import { Mark } from '../parts/mark.tsx';

/** How the session before this one ended; `refused`: what was given is no token. */
export type Ending = 'none' | 'expired' | 'signed-out' | 'refused';

const opened = (): boolean => window.opener !== null;

function HowTo(): ReactNode {
  if (!page.production) {
    return (
      <Text size="sm" c="dimmed">
        Open the <b>Admin</b> link that <Code>npm start</Code> has printed: it signs you in. Or paste the development
        token from there.
      </Text>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      {opened()
        ? 'Asking the page that opened this one to sign you in …'
        : 'Open Heliograph from your product: it signs you in. Or paste a token that it has issued.'}
    </Text>
  );
}

/** Asks for the host product's token. Slack's tokens are never asked for, here or anywhere. */
export function SignIn({ ending, onToken }: { ending: Ending; onToken: (token: string) => void }): ReactNode {
  useEffect(() => {
    document.title = 'Sign in · Heliograph';
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string' && token.trim() !== '') onToken(token);
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={420} shadow="sm">
        <form onSubmit={submit} autoComplete="off">
          <Stack>
            <Mark size={40} />
            <Title order={1}>Sign in to Heliograph</Title>
            {ending === 'expired' ? (
              <Alert color="orange" title="Your session has ended" role="alert">
                The token expired or is not accepted any more. Sign in again and you continue where you were.
              </Alert>
            ) : null}
            {ending === 'refused' ? (
              <Alert color="orange" title="This is no token" role="alert">
                It holds a space or a character that no token has. Copy it once more, whole.
              </Alert>
            ) : null}
            <HowTo />
            <PasswordInput name="token" label="Token" placeholder="eyJ…" spellCheck={false} required />
            <Button type="submit" fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
