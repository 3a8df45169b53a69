import { asBot, operation, notificationId, send, workspaceId, type ExampleGroup } from './example.ts';

export const more: ExampleGroup = {
  title: 'More',
  examples: [
    {
      title: 'Would it be delivered?',
      hint: 'Says what is missing; sends nothing.',
      query: operation('preflight'),
      variables: (memory) => send(memory, 'Would this arrive?', asBot(memory)),
    },
    {
      title: 'Send many',
      hint: 'Each entry is accepted or refused on its own.',
      query: operation('send-many'),
      variables: (memory) => ({
        input: {
          notifications: ['One', 'Two', 'Three'].map((text) => ({
            workspaceId: workspaceId(memory),
            text,
            ...asBot(memory),
          })),
        },
      }),
    },
    {
      title: 'Resend',
      hint: 'A FAILED, CANCELED or UNCONFIRMED one, once.',
      query: operation('resend'),
      variables: (memory) => ({ input: { id: notificationId(memory), reason: 'The channel exists now.' } }),
    },
    {
      title: 'Resolve an unconfirmed one',
      hint: 'Look in Slack first, then say what you saw.',
      query: operation('resolve'),
      variables: (memory) => ({ input: { id: notificationId(memory), messageIsThere: true } }),
    },
    {
      title: 'Statistics',
      hint: 'The last day.',
      query: operation('stats'),
      variables: (memory) => ({
        workspaceId: workspaceId(memory),
        since: new Date(Date.now() - 86_400_000).toISOString(),
      }),
    },
    {
      title: 'Watch connections',
      hint: 'A subscription to the status of connections.',
      query: operation('watch-connections'),
      variables: (memory) => ({ workspaceId: workspaceId(memory) }),
    },
    {
      title: 'Event types',
      hint: 'What can be triggered, and how it reads.',
      query: operation('event-types'),
      variables: (memory) => ({ workspaceId: workspaceId(memory) }),
    },
    {
      title: 'Save an event type',
      hint: 'For admins. Liquid templates.',
      query: operation('save-event-type'),
      variables: (memory) => ({
        input: {
          workspaceId: workspaceId(memory),
          key: 'deploy.finished',
          title: 'Deploy finished',
          template: 'Deployed {{ version }} to {{ stage }}.',
          fallback: 'A deploy has finished.',
          priority: 'NORMAL',
          sampleContext: { version: '1.2.3', stage: 'production' },
        },
      }),
    },
    {
      title: 'Preview an event',
      hint: 'What a trigger would say.',
      query: operation('preview-event'),
      variables: (memory) => ({
        input: { workspaceId: workspaceId(memory), eventType: 'deploy.finished', context: { version: '1.2.4' } },
      }),
    },
    {
      title: 'Trigger an event',
      hint: 'Renders and sends.',
      query: operation('trigger-event'),
      variables: (memory) => ({
        input: {
          workspaceId: workspaceId(memory),
          eventType: 'deploy.finished',
          context: { version: '1.2.4', stage: 'staging' },
          ...asBot(memory),
        },
      }),
    },
    {
      title: 'Test an event',
      hint: 'Sends the sample, marked as a test.',
      query: operation('test-event'),
      variables: (memory) => ({
        input: { workspaceId: workspaceId(memory), eventType: 'deploy.finished', ...asBot(memory) },
      }),
    },
    {
      title: 'Delete an event type',
      hint: 'For admins; built-in ones stay.',
      query: operation('delete-event-type'),
      variables: (memory) => ({ input: { workspaceId: workspaceId(memory), key: 'deploy.finished' } }),
    },
  ],
};
