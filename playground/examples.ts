import {
  asBot,
  bot,
  channelId,
  connectionId,
  operation,
  known,
  notificationId,
  person,
  returnTo,
  send,
  workspaceId,
  type ExampleGroup,
} from './example.ts';
import { more } from './more-examples.ts';

const connect: ExampleGroup = {
  title: 'Connect Slack',
  examples: [
    { title: 'Who am I', hint: 'The token says who is calling, and in which workspaces.', query: operation('who') },
    {
      title: 'Begin: install the bot',
      hint: 'For admins. Then open the page of consent by the link that appears above.',
      query: operation('begin-install'),
      variables: (memory) => ({
        input: { workspaceId: workspaceId(memory), intent: 'WORKSPACE', returnTo: returnTo() },
      }),
    },
    {
      title: 'Complete the install',
      hint: 'With the claim that the browser came back with. It works once, for 10 minutes.',
      query: operation('complete-install'),
      variables: (memory) => ({ input: { claim: known(memory.claim, 'the claim from returnTo') } }),
    },
    {
      title: 'Connections',
      hint: 'The Slack teams of the workspace.',
      query: operation('connections'),
      variables: (memory) => ({ workspaceId: workspaceId(memory) }),
    },
    {
      title: 'Begin: connect yourself',
      hint: 'Your own Slack account, under that connection. Complete it like the first.',
      query: operation('begin-install'),
      variables: (memory) => ({
        input: {
          workspaceId: workspaceId(memory),
          intent: 'PERSONAL',
          connectionId: connectionId(memory),
          returnTo: returnTo(),
        },
      }),
    },
  ],
};

const choose: ExampleGroup = {
  title: 'Choose an identity',
  examples: [
    {
      title: 'Identities',
      hint: 'Who a message can be posted as: the bot, or you.',
      query: operation('identities'),
      variables: (memory) => ({ workspaceId: workspaceId(memory) }),
    },
    {
      title: 'Channels',
      hint: 'What an identity can see. Turn pages with “after”.',
      query: operation('channels'),
      variables: (memory) => ({ identityId: bot(memory), search: null, first: 20, after: null }),
    },
    {
      title: 'Select an identity',
      hint: 'Your explicit choice, with a default channel.',
      query: operation('select-identity'),
      variables: (memory) => ({
        input: {
          workspaceId: workspaceId(memory),
          kind: 'WORKSPACE_BOT',
          connectionId: connectionId(memory),
          defaultChannelId: channelId(memory),
        },
      }),
    },
    {
      title: 'My selection',
      hint: 'What is selected now.',
      query: operation('selected-identity'),
      variables: (memory) => ({ workspaceId: workspaceId(memory) }),
    },
    {
      title: 'Read channels again',
      hint: 'Asks Slack for the directory once more.',
      query: operation('refresh-channels'),
      variables: (memory) => ({ input: { identityId: bot(memory) } }),
    },
  ],
};

const deliver: ExampleGroup = {
  title: 'Send and watch',
  needsSecondWindow: true,
  examples: [
    {
      title: 'Watch deliveries',
      hint: 'A subscription. With “after”, first everything since that cursor; then it follows.',
      query: operation('watch'),
      variables: (memory) => ({ workspaceId: workspaceId(memory), after: memory.liveCursor ?? null }),
    },
    {
      title: 'Send as the bot',
      hint: 'Run it twice: the same key gives the same notification. Change the text as well: a conflict.',
      query: operation('send'),
      variables: (memory) =>
        send(memory, 'Hello from the playground :wave:', { ...asBot(memory), idempotencyKey: `hello-${Date.now()}` }),
    },
    {
      title: 'Send as yourself',
      hint: 'Posted under your own name in Slack.',
      query: operation('send'),
      variables: (memory) =>
        send(memory, 'Hello from me', { sender: { identityId: person(memory) }, channelId: channelId(memory) }),
    },
    {
      title: 'Send by your selection',
      hint: 'No channel: the selection’s default channel is used.',
      query: operation('send'),
      variables: (memory) =>
        send(memory, 'Hello by selection', { sender: { selectedBy: known(memory.userId, 'your user id') } }),
    },
    {
      title: 'Schedule one',
      hint: 'Waits as QUEUED until tomorrow; cancel it below.',
      query: operation('send'),
      variables: (memory) =>
        send(memory, 'Hello from yesterday', {
          ...asBot(memory),
          scheduledFor: new Date(Date.now() + 86_400_000).toISOString(),
        }),
    },
    {
      title: 'Cancel it',
      hint: 'Works while it is QUEUED or RETRYING.',
      query: operation('cancel'),
      variables: (memory) => ({ input: { id: notificationId(memory) } }),
    },
    {
      title: 'History',
      hint: 'Newest first; “liveCursor” continues in the subscription without a gap.',
      query: operation('history'),
      variables: (memory) => ({ workspaceId: workspaceId(memory), filter: {}, first: 20, after: null }),
    },
    {
      title: 'One notification',
      hint: 'Every try and every change of status.',
      query: operation('notification'),
      variables: (memory) => ({ id: notificationId(memory) }),
    },
  ],
};

const end: ExampleGroup = {
  title: 'End it',
  examples: [
    {
      title: 'Clear my selection',
      hint: 'Your choice is forgotten.',
      query: operation('clear-identity'),
      variables: (memory) => ({ input: { workspaceId: workspaceId(memory) } }),
    },
    {
      title: 'Disconnect',
      hint: 'Wipes the tokens, cancels what is queued, revokes at Slack. The history stays.',
      query: operation('disconnect'),
      variables: (memory) => ({ input: { id: connectionId(memory), queued: 'CANCEL' } }),
    },
  ],
};

export const WALK: readonly ExampleGroup[] = [connect, choose, deliver, end, more];
