import { Box, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** A screen's name, what it is for in a sentence, and what can be done on all of it. */
export function Heading({
  title,
  children,
  actions,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}): ReactNode {
  useEffect(() => {
    document.title = `${title} · Heliograph`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-end" mb="md" gap="sm">
      <Box maw={640}>
        {/* Where the keyboard goes when what it was on has gone. */}
        <Title order={1} tabIndex={-1}>
          {title}
        </Title>
        {children === undefined ? null : (
          <Text c="dimmed" size="sm" mt={2}>
            {children}
          </Text>
        )}
      </Box>
      {actions}
    </Group>
  );
}
