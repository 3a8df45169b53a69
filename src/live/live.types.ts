import { Field, ObjectType } from 'type-graphql';
import {
  ConnectionProblem,
  ConnectionStatus,
  PersonalAuthorization,
  WorkspaceConnection,
} from '../connections/connections.types.ts';
import { DateTime } from '../graphql/scalars.ts';

@ObjectType({
  description: 'One change of the status of a workspace connection or a personal authorization.',
  simpleResolvers: true,
})
export class ConnectionStatusChange {
  @Field(() => String, { description: 'Opaque; pass as `after` to connectionStatusChanged to go on from here.' })
  cursor!: string;

  /** Not a field of the API: what `connection` is loaded by. */
  connectionId!: string;

  @Field(() => WorkspaceConnection, { description: 'The workspace connection, as it is now.' })
  connection?: WorkspaceConnection;

  /** Not a field of the API: what `authorization` is loaded by. */
  authorizationId!: string | null;

  @Field(() => PersonalAuthorization, {
    nullable: true,
    description: 'Set where it is a personal authorization that changed, as it is now.',
  })
  authorization?: PersonalAuthorization | null;

  @Field(() => ConnectionStatus, { description: 'The status after.' })
  to!: ConnectionStatus;

  @Field(() => ConnectionProblem, {
    nullable: true,
    description: 'Why it is not ACTIVE, or what keeps failing while it is; null where nothing is wrong.',
  })
  problem!: ConnectionProblem | null;

  @Field(() => DateTime, { description: 'When it changed.' })
  at!: Date;
}
