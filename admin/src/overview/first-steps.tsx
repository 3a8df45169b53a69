import { Button, Grid, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ConnectButton } from '../connections/connect-button.tsx';
import { useIdentities } from '../identity/use-identities.ts';
import { page } from '../page.ts';
import { Icon } from '../parts/icons.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';

interface Step {
  readonly title: string;
  readonly text: string;
  readonly done: boolean;
  readonly action: ReactNode;
}

function StepRow({ step, number, isNext }: { step: Step; number: number; isNext: boolean }): ReactNode {
  return (
    <Group wrap="nowrap" align="flex-start" gap="md">
      <ThemeIcon radius="xl" size={28} variant={step.done ? 'filled' : 'default'} color="green.9" aria-hidden="true">
        {step.done ? <Icon name="check" size={16} /> : <Text size="sm">{number}</Text>}
      </ThemeIcon>
      <Stack gap={6} align="flex-start">
        <div>
          <Text fw={600} td={step.done ? 'line-through' : undefined}>
            {step.title}
          </Text>
          {step.done ? null : (
            <Text size="sm" c="dimmed">
              {step.text}
            </Text>
          )}
        </div>
        {isNext ? step.action : null}
      </Stack>
    </Group>
  );
}

/** From nothing to the first message. Gone once something was sent. */
export function FirstSteps({
  isConnected,
  hasSent,
  isReady,
}: {
  isConnected: boolean;
  hasSent: boolean;
  isReady: boolean;
}): ReactNode {
  const { role } = useWorkspace();
  const { selection } = useIdentities();
  if (!isReady || (isConnected && hasSent) || role === 'SERVICE') return null;
  const steps: Step[] = [
    {
      title: 'Connect Slack',
      text:
        role === 'ADMIN'
          ? page.simulatedSlackUrl === undefined
            ? 'Slack asks you to approve; then you come back here.'
            : 'This is the sandbox: a simulated Slack asks you to approve, and nothing leaves this machine.'
          : 'An admin of this workspace does this.',
      done: isConnected,
      action: role === 'ADMIN' ? <ConnectButton intent="WORKSPACE">Connect Slack</ConnectButton> : null,
    },
    {
      title: 'Choose who you post as, and where',
      text: 'The bot, or yourself. Nothing is ever guessed.',
      done: Boolean(selection?.defaultChannel),
      action: (
        <Button component={Link} href="/identity">
          Choose
        </Button>
      ),
    },
    {
      title: 'Send your first message',
      text: 'And watch it arrive, step by step.',
      done: hasSent,
      action: (
        <Button component={Link} href="/compose">
          Write it
        </Button>
      ),
    },
  ];
  const next = steps.findIndex(({ done }) => !done);
  return (
    <Grid.Col span={12}>
      <Paper withBorder p="lg" component="section" aria-label="First steps">
        <Stack gap="lg">
          <Title order={2}>{isConnected ? 'Almost there' : 'Three steps to the first message'}</Title>
          {steps.map((step, index) => (
            <StepRow key={step.title} step={step} number={index + 1} isNext={index === next} />
          ))}
        </Stack>
      </Paper>
    </Grid.Col>
  );
}
