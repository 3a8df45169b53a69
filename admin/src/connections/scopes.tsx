import { Alert, Anchor, Code, Collapse, Group, List, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Icon } from '../parts/icons.tsx';

interface Missing {
  readonly scope: string;
  readonly without: string;
}

/** What is lost without what was not granted. */
export function MissingScopes({ missing }: { missing: readonly Missing[] }): ReactNode {
  if (missing.length === 0) return null;
  return (
    <Alert
      color="orange"
      icon={<Icon name="lock" />}
      title={`${missing.length} ${missing.length === 1 ? 'scope was' : 'scopes were'} not granted`}
    >
      <List size="sm" spacing={4}>
        {missing.map(({ scope, without }) => (
          <List.Item key={scope}>
            <Code>{scope}</Code> {without}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** What Slack allowed, and what is lost without what it did not. */
export function Scopes({ granted, missing }: { granted: readonly string[]; missing: readonly Missing[] }): ReactNode {
  const [isOpen, { toggle }] = useDisclosure();
  return (
    <>
      <MissingScopes missing={missing} />
      <div>
        <Anchor component="button" type="button" size="sm" onClick={toggle} aria-expanded={isOpen}>
          {isOpen ? 'Hide' : 'Show'} the {granted.length} granted scopes
        </Anchor>
        <Collapse expanded={isOpen}>
          <Group gap={6} mt={6}>
            {granted.map((scope) => (
              <Code key={scope}>{scope}</Code>
            ))}
            {granted.length === 0 ? <Text size="sm">None.</Text> : null}
          </Group>
        </Collapse>
      </div>
    </>
  );
}
