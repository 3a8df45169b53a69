export interface SimulatorOptions {
  /** 0 = any free port. */
  port: number;
  host?: string;
  clientId: string;
  clientSecret: string;
  /** Signs the events that Slack would send to the app. */
  signingSecret?: string;
  appId?: string;
  appName?: string;
  /** Grants, tokens, memberships and messages outlive the process in this file and `<file>.journal`. */
  stateFile?: string;
  /** 12-hour tokens with refresh tokens, for every new grant. */
  rotation?: boolean;
  /** For everything that is left to chance (faults with a probability). */
  seed?: number;
  /** How people reach the simulator, when that is not its own host and port. */
  publicUrl?: string;
  /** Where the app receives Slack's events; without it nobody is told. */
  eventsUrl?: string;
}

export interface AppRegistration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signingSecret: string;
  readonly appId: string;
  readonly name: string;
}

export const DEFAULT_APP_ID = 'A0HELIOSIM';
export const DEFAULT_SIGNING_SECRET = 'sandbox-signing-secret';

export function appOf(options: SimulatorOptions): AppRegistration {
  return {
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    signingSecret: options.signingSecret ?? DEFAULT_SIGNING_SECRET,
    appId: options.appId ?? DEFAULT_APP_ID,
    name: options.appName ?? 'Heliograph',
  };
}
