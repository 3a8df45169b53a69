import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import type { PreflightService } from './preflight.service.ts';
import { sendInput } from './send-input.ts';
import { Preflight, SendNotificationInput } from './send.types.ts';

@Resolver()
export class PreflightResolver {
  constructor(private readonly preflights: PreflightService) {}

  @Query(() => Preflight, {
    description: 'Would this be accepted and delivered? Says what is missing and who can mend it. Sends nothing.',
  })
  preflight(
    @Arg('input', () => SendNotificationInput, { description: 'The message as it would be sent.' })
    input: SendNotificationInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<Preflight> {
    return this.preflights.preflight(viewer, sendInput(input));
  }
}
