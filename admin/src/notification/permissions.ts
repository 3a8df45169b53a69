import type { IdentityKind, Role } from '../../generated/graphql.ts';

interface Who {
  readonly role: Role;
  readonly userId: string;
}

interface Sent {
  readonly channelId?: string | null | undefined;
  readonly identity?: {
    readonly kind: IdentityKind;
    readonly authorization?: { readonly userId: string } | null | undefined;
  } | null;
}

/** A member may stop what they requested themself. */
export const mayCancel = ({ requestedBy }: { readonly requestedBy: string }, { role, userId }: Who): boolean =>
  role !== 'MEMBER' || requestedBy === userId;

/** What somebody saw in Slack: no service sees anything there. */
export const maySettle = (sent: { readonly requestedBy: string }, who: Who): boolean =>
  who.role !== 'SERVICE' && mayCancel(sent, who);

/** As sending it: by the bot, or by the person themself. What was refused for want of a sender or a channel has none still. */
export function mayResend({ channelId, identity }: Sent, { role, userId }: Who): boolean {
  if (!channelId || !identity) return false;
  return identity.kind === 'WORKSPACE_BOT' || (role !== 'SERVICE' && identity.authorization?.userId === userId);
}
