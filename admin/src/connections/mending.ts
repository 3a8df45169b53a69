/** What a new trip to Slack mends. The rest is mended where it fails: in a channel, or by whoever runs this server. */
const BY_SLACK = [
  'CONNECTION_NEEDS_REAUTHORIZATION',
  'CONNECTION_DISCONNECTED',
  'MISSING_SCOPE',
  'IDENTITY_NOT_USABLE',
];

export type Mending = 'trip to Slack' | 'look at what failed';

/** The one action on a problem, whoever it is of: the bot or a person. */
export const mendingOf = ({ code }: { readonly code: string }): Mending =>
  BY_SLACK.includes(code) ? 'trip to Slack' : 'look at what failed';
