import { Button, Center, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useLocation } from 'wouter';

/** For a service that may enter any workspace: which one? */
export function WorkspaceEntry(): ReactNode {
  const [, go] = useLocation();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const workspace = new FormData(event.currentTarget).get('workspace');
    if (typeof workspace === 'string' && workspace.trim() !== '')
      go(`~/admin/w/${encodeURIComponent(workspace.trim())}`);
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <form onSubmit={submit}>
          <Stack>
            <Title order={1}>Which workspace?</Title>
            <Text size="sm" c="dimmed">
              Your token is a service’s and may enter any workspace. Give the id that your product uses for it.
            </Text>
            <TextInput name="workspace" label="Workspace id" maxLength={128} required />
            <Button type="submit">Open</Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
