import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RemedyActor, UserErrorPartsFragment } from '../../generated/graphql.ts';
import { explain, Refused } from '../api/errors.ts';
import { Icon, type IconName } from './icons.tsx';

/** What to show where there is nothing yet: what this place is for, and the next step. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}): ReactNode {
  return (
    <Paper withBorder p="xl" ta="center">
      <Stack align="center" gap="xs" maw={480} mx="auto" py="lg">
        <Text c="dimmed" lh={1}>
          <Icon name={icon} size={36} />
        </Text>
        <Title order={2}>{title}</Title>
        <Text c="dimmed">{children}</Text>
        {action === undefined ? null : <Group mt="sm">{action}</Group>}
      </Stack>
    </Paper>
  );
}

/** A question to the API that failed as a whole, or what it refused. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  if (error instanceof Refused) return <UserErrors errors={error.userErrors} />;
  const { title, text } = explain(error);
  return (
    <Alert color="red" title={title} icon={<Icon name="warning" />} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text}</Text>
        {onRetry === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

const ACTORS: Readonly<Record<RemedyActor, string>> = {
  CALLER: 'whoever sends it',
  WORKSPACE_ADMIN: 'an admin of this workspace',
  SLACK_ADMIN: 'an admin of the Slack team',
  SLACK: 'Slack itself',
  OPERATOR: 'the operator of this server',
};

interface Mendable {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly actor?: RemedyActor;
  readonly slackError?: string | null;
}

/** What went wrong, what to do about it in the API's own words, and the click that does it where there is one. */
export function Remedy({
  problem,
  action,
  color = 'red',
}: {
  problem: Mendable;
  action?: ReactNode;
  color?: string;
}): ReactNode {
  return (
    <Alert color={color} icon={<Icon name="warning" />} title={problem.message}>
      <Stack gap={6} align="flex-start">
        <Text size="sm">{problem.remedy}</Text>
        <Text size="xs" c="dimmed">
          {problem.actor === undefined ? '' : `Can be mended by ${ACTORS[problem.actor]} · `}
          <code>{problem.code}</code>
          {problem.slackError ? (
            <>
              {' · Slack said '}
              <code>{problem.slackError}</code>
            </>
          ) : null}
        </Text>
        {action}
      </Stack>
    </Alert>
  );
}

function UserErrors({ errors }: { errors: readonly UserErrorPartsFragment[] }): ReactNode {
  if (errors.length === 0) return null;
  return (
    <Stack gap="xs" role="alert">
      {errors.map((error) => (
        <Remedy key={`${error.code}${error.field?.join('.') ?? ''}`} problem={error} />
      ))}
    </Stack>
  );
}
