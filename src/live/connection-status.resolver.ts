import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { notImplemented } from '../graphql/not-implemented.ts';
import { ConnectionStatusChange } from './live.types.ts';

@Resolver()
export class ConnectionStatusResolver {
  @Subscription(() => ConnectionStatusChange, {
    description:
      'Every status change of the workspace connections, and of the personal authorizations that the viewer may see, in order. ' +
      'With `after`, first replays what came since, then follows.',
    subscribe: () => {
      throw notImplemented('connectionStatusChanged');
    },
  })
  connectionStatusChanged(
    @Root() change: ConnectionStatusChange,
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    _workspaceId: string,
    @Arg('after', () => String, {
      nullable: true,
      description: "A change's `cursor`: begin right after it; now where it is left out.",
    })
    _after: string | null | undefined,
  ): ConnectionStatusChange {
    return change;
  }
}
