import { personIn, requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ChannelFound, ChannelView } from '../channels/channel.policy.ts';
import type { ChannelsService } from '../channels/channels.service.ts';
import type { DescribedFailure } from '../connections/failure.policy.ts';
import type { ResolvedSender, SenderResolution, SenderService } from '../identities/sender.service.ts';
import type { Clock } from '../platform/clock.ts';
import { isChannelId, type ChannelId } from '../platform/ids.ts';
import { notFound } from '../platform/top-level-error.ts';
import type { DeliveryForecast } from './delivery-forecast.ts';
import { messageProblems } from './message.policy.ts';
import { priorityRank } from './notification.states.ts';
import * as problem from './preflight.policy.ts';
import type { Problem } from './preflight.policy.ts';
import type { QueueLimit } from './queue-limit.service.ts';
import { channelRequired, type SendInput } from './send-draft.ts';
import type { SendService } from './send.service.ts';

export interface PreflightResult {
  readonly wouldDeliver: boolean;
  readonly postsAs: string | null;
  readonly channel: ChannelView | null;
  readonly problems: DescribedFailure[];
  readonly expectedDelaySeconds: number | null;
}

interface Target {
  readonly sender: ResolvedSender;
  readonly channelId: ChannelId;
  /** Neither named nor shown: a person's conversations are that person's alone. */
  readonly isForeign: boolean;
  /** Whether its token lives; else its channel is looked up, but Slack is not blamed. */
  readonly isAlive: boolean;
}

const DAY_SECONDS = 86_400;
/** Of GraphQL's Int: some 68 years. */
const LARGEST_INT = 2_147_483_647;

/** Tells what a send would meet, by the same checks, and neither stores nor sends anything. */
export class PreflightService {
  constructor(
    private readonly sends: SendService,
    private readonly senders: SenderService,
    private readonly channels: ChannelsService,
    private readonly limit: QueueLimit,
    private readonly queue: DeliveryForecast,
    private readonly clock: Clock,
  ) {}

  async preflight(viewer: Viewer, input: SendInput): Promise<PreflightResult> {
    requireRole(viewer, input.workspaceId);
    const resolution = await this.senders.resolve(viewer, input.workspaceId, input.sender);
    if (resolution.kind === 'refused' && resolution.refusal.code === 'NOT_FOUND') throw notFound('identity');
    const target = targetOf(viewer, input, resolution);
    const ofSender = senderProblems(input, resolution);
    const [ofInput, ofChannel, line] = await Promise.all([
      this.#input(viewer, input),
      target ? this.#channel(input, target) : { problems: [], channel: null },
      target ? this.#line(input, target) : { problems: [], delaySeconds: 0 },
    ]);
    const problems = [...ofInput, ...ofSender, ...ofChannel.problems, ...line.problems];
    const wouldDeliver = !problems.some(({ stops }) => stops);
    return {
      wouldDeliver,
      postsAs: resolution.sender?.postsAs ?? null,
      channel: ofChannel.channel,
      problems: problems.map(({ failure }) => failure),
      expectedDelaySeconds: wouldDeliver ? Math.min(line.delaySeconds, LARGEST_INT) : null,
    };
  }

  async #input(viewer: Viewer, input: SendInput): Promise<Problem[]> {
    const earlier = await this.sends.earlier(viewer, input);
    const refusals = [
      ...(earlier?.kind === 'refused' ? [earlier.refusal] : []),
      ...messageProblems(input, this.clock.now()),
    ];
    const full = this.#secondsUntil(input.scheduledFor) > 0 ? undefined : await this.limit.look(input.workspaceId);
    return [...refusals.map(problem.ofRefusedInput), ...(full ? [problem.ofFullQueue(full)] : [])];
  }

  async #channel(
    { threadTs }: SendInput,
    { sender, channelId, isForeign, isAlive }: Target,
  ): Promise<{ problems: Problem[]; channel: ChannelView | null }> {
    const found = await this.channels.check(sender.identityId, channelId);
    const channel = found.kind === 'found' && !isForeign ? found.channel : null;
    const context = {
      postsAs: sender.postsAs,
      personal: sender.kind === 'PERSONAL_USER',
      ...(isForeign ? {} : { channelId, channelName: nameOf(found) }),
    };
    const isAnswered = isAlive || found.kind === 'found';
    return { problems: isAnswered ? problem.ofChannel(found, Boolean(threadTs), context) : [], channel };
  }

  async #line(input: SendInput, { sender, channelId }: Target): Promise<{ problems: Problem[]; delaySeconds: number }> {
    const place = { teamId: sender.teamId, channelId, priority: priorityRank(input.priority) };
    const forecast = await this.queue.forecast(place);
    const dueSeconds = Math.max(0, this.#secondsUntil(input.scheduledFor));
    const delaySeconds = Math.max(forecast.delaySeconds, Math.ceil(dueSeconds));
    const expiresInSeconds = input.expiresAt ? this.#secondsUntil(input.expiresAt) : dueSeconds + DAY_SECONDS;
    // One that has expired already, or before it is due, is a problem of the input.
    const mayExpire = expiresInSeconds > dueSeconds;
    const expiry = mayExpire ? problem.ofExpiry(delaySeconds, expiresInSeconds) : [];
    const hold = forecast.delaySeconds > dueSeconds ? problem.ofHold(forecast) : [];
    return { problems: [...hold, ...expiry], delaySeconds };
  }

  #secondsUntil(time: Date | null | undefined): number {
    return time ? (time.getTime() - this.clock.now().getTime()) / 1000 : 0;
  }
}

const senderProblems = (input: SendInput, resolution: SenderResolution): Problem[] => {
  if (resolution.kind === 'refused') {
    const { refusal, failureCode, sender } = resolution;
    return [problem.ofRefusedSender(refusal, failureCode, sender?.kind)];
  }
  const needsChannel = !input.channelId && !resolution.defaultChannelId;
  return needsChannel ? [problem.ofRefusedInput(channelRequired(input, resolution.sender).refusal)] : [];
};

/** Where it would go, as far as that can be looked up. */
const targetOf = (viewer: Viewer, input: SendInput, resolution: SenderResolution): Target | undefined => {
  const { sender } = resolution;
  const channelId = input.channelId ?? resolution.defaultChannelId;
  if (!sender || !channelId || !isChannelId(channelId)) return undefined;
  const { selectedBy } = input.sender;
  const person = personIn(viewer, input.workspaceId);
  const isForeign = sender.kind === 'PERSONAL_USER' && selectedBy !== undefined && selectedBy !== person;
  return {
    sender,
    channelId,
    isForeign,
    isAlive: resolution.kind === 'ok' || resolution.failureCode === 'MISSING_SCOPE',
  };
};

const nameOf = (found: ChannelFound): string | undefined =>
  found.kind === 'found' && found.channel.type !== 'DM' ? found.channel.name : undefined;
