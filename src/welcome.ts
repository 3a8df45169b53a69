import { signToken } from './access/sign-token.ts';
import type { Config } from './config/config.ts';

const SANDBOX = (simulator: string) => `
  Sandbox mode: Slack is simulated at ${simulator}
  To connect a real Slack, set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET (README, "Connect a real Slack").
`;

/** What a developer needs first, on one screen. Only ever printed outside production. */
export const welcome = async (config: Config): Promise<string> => {
  // It has no page to open and no API to call.
  if (config.role === 'delivery') return '\n  Heliograph delivers.\n\n';
  const lines = [`\n  Heliograph is ready at ${config.publicUrl}\n`, `  GraphQL      ${config.publicUrl}/graphql`];
  if (config.auth.kind === 'secret') {
    const claims = { userId: 'developer', workspaces: { demo: 'ADMIN' }, lifetime: '30d' } as const;
    const token = await signToken(config.auth, claims);
    lines.splice(1, 0, `  Admin        ${config.publicUrl}/admin#token=${token}`);
    if (config.playgroundEnabled) lines.push(`  Playground   ${config.publicUrl}/playground#token=${token}`);
    lines.push('', '  Development token (user "developer", ADMIN of workspace "demo", 30 days):', `  ${token}`);
  } else {
    lines.splice(1, 0, `  Admin        ${config.publicUrl}/admin`);
    if (config.playgroundEnabled) lines.push(`  Playground   ${config.publicUrl}/playground`);
  }
  const { sandbox, simulatorUrl } = config.slack;
  return `${lines.join('\n')}\n${sandbox ? SANDBOX(simulatorUrl) : ''}\n`;
};
