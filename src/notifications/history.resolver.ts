import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Query, Resolver } from 'type-graphql';
import { askedFields } from '../graphql/asked-fields.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { DEFAULT_PAGE_SIZE } from '../graphql/page.types.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { HistoryRequest, HistoryService } from './history.service.ts';
import { NotificationConnection, NotificationFilter } from './history.types.ts';
import { priorityRank } from './notification.states.ts';

@Resolver()
export class HistoryResolver {
  constructor(private readonly history: HistoryService) {}

  @Query(() => NotificationConnection, {
    description:
      'Newest first. Keyset pagination: a page costs the same at any depth. With `search`, the newest 10,000 hits.',
  })
  notificationHistory(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    workspaceId: string,
    @Arg('filter', () => NotificationFilter, { nullable: true, description: 'Only those for which all of it holds.' })
    filter: NotificationFilter | null | undefined,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_PAGE_SIZE,
      description: 'How many at most, 1 to 100.',
    })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of an earlier page: go on after it.' })
    after: string | null | undefined,
    @Ctx() { viewer }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<NotificationConnection> {
    const request = { ...conditionsOf(filter), first, after, asked: askedFields(info) };
    return this.history.page(viewer, workspaceId as WorkspaceId, request);
  }
}

/** GraphQL's null and absent mean the same here: no condition. */
const conditionsOf = (given: NotificationFilter | null | undefined): Pick<HistoryRequest, 'filter' | 'search'> => {
  const { priority, search, ...rest } = given ?? {};
  const filter = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined));
  return {
    filter: { ...filter, ...(priority ? { priority: priorityRank(priority) } : {}) },
    search: search ?? undefined,
  };
};
