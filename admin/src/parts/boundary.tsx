import { Alert, Button, Container, Stack, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Icon } from './icons.tsx';

/** A part of the page that could not be fetched: the server is away, or has another version by now. */
export class NotLoaded extends Error {}

function Broken({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode {
  // What failed to load stays failed in this page: only a reload asks for it again.
  const isMissing = error instanceof NotLoaded;
  return (
    <Container size="sm" px={0} py="md">
      <Alert
        color="red"
        icon={<Icon name="warning" />}
        role="alert"
        title={isMissing ? 'This screen could not be loaded' : 'This screen has broken'}
      >
        <Stack gap="xs" align="flex-start">
          <Text size="sm">
            {isMissing
              ? 'The server could not be reached, or it was upgraded while this page was open. Reload once it is there.'
              : 'That is a fault of the admin, not yours. What was sent is not affected.'}
          </Text>
          <Button size="xs" variant="default" onClick={isMissing ? () => location.reload() : onRetry}>
            {isMissing ? 'Reload the page' : 'Try again'}
          </Button>
        </Stack>
      </Alert>
    </Container>
  );
}

interface Props {
  /** Another place is tried anew: one broken screen leaves the others alone. */
  readonly at?: string;
  readonly children: ReactNode;
}

interface State {
  readonly at: string | undefined;
  readonly caught: { readonly error: unknown } | undefined;
}

/** What breaks inside is said in its place; without it React takes the whole page away. Only a class can do this. */
export class Boundary extends Component<Props, State> {
  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { caught: { error } };
  }

  static getDerivedStateFromProps({ at }: Props, state: State): Partial<State> | null {
    return at === state.at ? null : { at, caught: undefined };
  }

  override state: State = { at: this.props.at, caught: undefined };

  override render(): ReactNode {
    const { caught } = this.state;
    if (!caught) return this.props.children;
    return <Broken error={caught.error} onRetry={() => this.setState({ caught: undefined })} />;
  }
}
