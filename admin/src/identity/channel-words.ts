import type { ChannelPartsFragment, Postable } from '../../generated/graphql.ts';

export const nameOf = ({ name, type }: { name: string; type: ChannelPartsFragment['type'] }): string =>
  type === 'DM' || type === 'GROUP_DM' ? name : `#${name}`;

const TAGS: Readonly<Record<Postable, string>> = {
  YES: 'can post',
  NEEDS_INVITE: 'needs an invite',
  ARCHIVED: 'archived',
  READ_ONLY: 'read only',
  UNKNOWN: 'not sure',
};

export const tagOf = (postable: Postable): string => TAGS[postable];

/** What to know before choosing a channel that is not simply open. */
export function hintFor({ postable, ...channel }: ChannelPartsFragment, postsAs: string): string | undefined {
  switch (postable) {
    case 'YES':
      return undefined;
    case 'NEEDS_INVITE':
      return `${postsAs} is not in ${nameOf(channel)}. In Slack, write /invite @${postsAs} there first.`;
    case 'ARCHIVED':
      return `${nameOf(channel)} is archived: nobody can post there.`;
    case 'READ_ONLY':
      return `${nameOf(channel)} is read only for ${postsAs}, by a setting in Slack.`;
    case 'UNKNOWN':
      return `Slack does not say whether ${postsAs} may post in ${nameOf(channel)}, or only replies are taken there. Sending a message will tell.`;
  }
}
