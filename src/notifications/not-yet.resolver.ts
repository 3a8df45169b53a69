import { Arg, ID, Query, Resolver } from 'type-graphql';
import { notImplemented } from '../graphql/not-implemented.ts';
import { DateTime } from '../graphql/scalars.ts';
import { DeliveryStats } from './stats.types.ts';

/** The declared part of notifications that is not built yet; each operation leaves this file as it is built. */
@Resolver()
export class NotYetResolver {
  @Query(() => DeliveryStats, {
    description:
      'How notifications fared in a span of time, of those that the viewer may see. The span is widened to whole hours.',
  })
  deliveryStats(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    _workspaceId: string,
    @Arg('since', () => DateTime, { description: 'From here on, by the time of acceptance.' }) _since: Date,
    @Arg('until', () => DateTime, { nullable: true, description: 'Up to here; now where it is left out.' })
    _until: Date | null | undefined,
  ): DeliveryStats {
    throw notImplemented('deliveryStats');
  }
}
