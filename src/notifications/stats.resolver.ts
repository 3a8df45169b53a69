import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { DateTime } from '../graphql/scalars.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { StatsService } from './stats.service.ts';
import { DeliveryStats } from './stats.types.ts';

@Resolver()
export class StatsResolver {
  constructor(private readonly stats: StatsService) {}

  @Query(() => DeliveryStats, {
    description:
      'How notifications fared in a span of time, of those that the viewer may see. The span is widened to whole hours; ' +
      'BAD_USER_INPUT where it is reversed. What is older than HISTORY_DAYS is deleted, and counted no more.',
  })
  async deliveryStats(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    workspaceId: string,
    @Arg('since', () => DateTime, { description: 'From here on, by the time of acceptance.' }) since: Date,
    @Arg('until', () => DateTime, { nullable: true, description: 'Up to here; now where it is left out.' })
    until: Date | null | undefined,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<DeliveryStats> {
    return this.stats.stats(viewer, workspaceId as WorkspaceId, since, until);
  }
}
