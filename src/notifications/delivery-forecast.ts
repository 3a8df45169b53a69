import type { ChannelId, TeamId } from '../platform/ids.ts';

/** Where a message that is sent now would stand. */
export interface PlaceInLine {
  readonly teamId: TeamId;
  readonly channelId: ChannelId;
  readonly priority: number;
}

export interface Forecast {
  /** Until its turn, as the line is now; 0 where it would go at once. */
  readonly delaySeconds: number;
  /** Set while nothing is sent there: Slack limits the whole team, or does not answer for it, or limits the channel. */
  readonly hold: 'TEAM_LIMITED' | 'TEAM_SILENT' | 'CHANNEL_LIMITED' | null;
}

/** What delivery would do with a message. Declared here, where it is used; the delivery feature implements it. */
export interface DeliveryForecast {
  forecast(place: PlaceInLine): Promise<Forecast>;
}
