import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { DEFAULT_PAGE_SIZE } from '../graphql/page.types.ts';
import { toUserError } from '../graphql/user-errors.ts';
import { IdentitySelection } from '../identities/identities.types.ts';
import type { ChannelId, IdentityId } from '../platform/ids.ts';
import {
  Channel,
  ChannelConnection,
  ChannelType,
  RefreshChannelsInput,
  RefreshChannelsPayload,
} from './channels.types.ts';
import { unseenChannel } from './channel.policy.ts';
import type { ChannelsService } from './channels.service.ts';

const IDENTITY_ARG = { description: 'Whose view: an identity that the viewer may list channels of.' };

@Resolver()
export class ChannelsResolver {
  constructor(private readonly channelsService: ChannelsService) {}

  @Query(() => ChannelConnection, {
    description:
      'The conversations that an identity can see: bot or person, as explicitly named. Served from the channel directory. ' +
      'An identity that the viewer may not use is NOT_FOUND.',
  })
  async channels(
    @Arg('identityId', () => ID, IDENTITY_ARG) identityId: string,
    @Arg('search', () => String, {
      nullable: true,
      description:
        'Part of the name, in any case, with or without its `#` or `@`; up to 1,000 characters. Blanks alone are no search.',
    })
    search: string | null | undefined,
    @Arg('types', () => [ChannelType], {
      nullable: true,
      defaultValue: ['PUBLIC', 'PRIVATE'],
      description: 'Only these kinds; null means all.',
    })
    types: ChannelType[] | null,
    @Arg('includeArchived', () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: 'Archived ones as well.',
    })
    includeArchived: boolean | null,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_PAGE_SIZE,
      description: 'How many at most, 1 to 100.',
    })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of an earlier page: go on after it.' })
    after: string | null | undefined,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<ChannelConnection> {
    const listing = { search, types, includeArchived, first, after };
    const page = await this.channelsService.list(viewer, identityId, listing);
    return { edges: [...page.edges], nodes: [...page.nodes], pageInfo: page.pageInfo, directory: page.directory };
  }

  @Query(() => Channel, {
    nullable: true,
    description:
      'One conversation as an identity sees it; null where it does not see it, or the viewer may not use the identity.',
  })
  async channel(
    @Arg('identityId', () => ID, IDENTITY_ARG) identityId: string,
    @Arg('id', () => ID, { description: "Slack's id of the conversation." }) id: string,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<Channel | null> {
    return (await this.channelsService.channel(viewer, identityId, id)) ?? null;
  }

  @Mutation(() => RefreshChannelsPayload, {
    description:
      "Reads an identity's conversations again from Slack; once more where they are being read already. The listing stays usable meanwhile.",
  })
  async refreshChannels(
    @Arg('input', () => RefreshChannelsInput, { description: 'Whose.' }) input: RefreshChannelsInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<RefreshChannelsPayload> {
    const directory = await this.channelsService.refresh(viewer, input.identityId);
    if (directory) return { directory, userErrors: [] };
    const refusal = {
      code: 'NOT_FOUND',
      message: 'No such identity, or it is not visible to you.',
      remedy: 'Take an id from `availableIdentities`.',
      field: ['input', 'identityId'],
    } as const;
    return { directory: null, userErrors: [toUserError(refusal)] };
  }
}

@Resolver(() => IdentitySelection)
export class DefaultChannelResolver {
  constructor(private readonly channelsService: ChannelsService) {}

  @FieldResolver(() => Channel, {
    nullable: true,
    description:
      'Where sends by this selection go that name no channel; null where none was chosen, Slack says that the identity ' +
      'does not see it any more, or it is another person’s choice of themself. Where nothing can be learnt of it now, its id stands for its name.',
  })
  async defaultChannel(
    @Root() selection: { identity: { id: string }; defaultChannelId: string | null },
  ): Promise<Channel | null> {
    if (selection.defaultChannelId === null) return null;
    const { identity, defaultChannelId } = selection;
    const found = await this.channelsService.find(identity.id as IdentityId, defaultChannelId as ChannelId);
    if (found.kind === 'found') return found.channel;
    return found.kind === 'unknown' ? null : unseenChannel(defaultChannelId as ChannelId);
  }
}
