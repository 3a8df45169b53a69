import type { ChannelChange } from '../connections/slack-events.policy.ts';
import type { ChannelEvents } from '../connections/slack-events.service.ts';
import type { TeamId } from '../platform/ids.ts';
import type { ChannelEventsRepository } from './channel-events.repository.ts';

/** Keeps the listings fresh between two syncs. */
export class ChannelEventsService implements ChannelEvents {
  constructor(private readonly rows: ChannelEventsRepository) {}

  async apply(appId: string, teamId: TeamId, change: ChannelChange): Promise<void> {
    switch (change.kind) {
      case 'channelRenamed':
        return this.rows.rename(appId, teamId, change.channel, change.name);
      case 'channelCreated':
        return this.rows.add(appId, teamId, change);
      case 'channelArchived':
        return this.rows.archive(appId, teamId, change.channel, change.isArchived);
      case 'channelDeleted':
        return this.rows.remove(appId, teamId, change.channel);
      case 'channelIdChanged':
        return this.rows.changeId(appId, teamId, change.channel, change.newId);
      case 'memberChanged': {
        const { channel, user, isMember } = change;
        const { isListed } = await this.rows.changeMember(appId, teamId, channel, user, isMember);
        // A private channel that somebody was invited to: only Slack can say what it is.
        if (isMember && !isListed) await this.rows.askForListing(appId, teamId, user);
      }
    }
  }
}
