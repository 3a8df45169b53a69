import { Ctx, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { ViewerType } from './access.types.ts';

@Resolver()
export class ViewerResolver {
  @Query(() => ViewerType, { description: 'Who the bearer token says is calling, and their role in each workspace.' })
  viewer(@Ctx() { viewer }: GraphQLContext): ViewerType {
    const memberships = [...viewer.memberships].map(([workspaceId, role]) => ({ workspaceId, role }));
    return { userId: viewer.userId, memberships };
  }
}
