import { createHash } from 'node:crypto';
import { randomWord } from './random.ts';

const CODE_LIFETIME_MS = 600_000;

/** What a person allowed on the consent page, until the app fetches it. */
export interface Consent {
  readonly redirectUri: string;
  readonly teamId: string | null;
  readonly enterpriseId: string | null;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly userScopes: readonly string[];
  readonly webhookChannel: string | null;
  readonly codeChallenge: string | null;
}

export type Redemption = { kind: 'ok'; consent: Consent } | { kind: 'refused'; error: string };

export class CodeBook {
  readonly #nowMs: () => number;
  readonly #codes = new Map<string, { consent: Consent; expiresAt: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  issue(consent: Consent): string {
    const code = `${randomWord(13)}.${randomWord(13)}.${randomWord(64)}`;
    this.#codes.set(code, { consent, expiresAt: this.#nowMs() + CODE_LIFETIME_MS });
    return code;
  }

  peekTeam(code: string): string | null {
    return this.#codes.get(code)?.consent.teamId ?? null;
  }

  /** One use, ten minutes; a wrong redirect_uri or verifier leaves the code usable. */
  redeem(code: string, redirectUri: string | null, verifier: string | null): Redemption {
    const entry = this.#codes.get(code);
    if (entry === undefined || entry.expiresAt <= this.#nowMs()) return { kind: 'refused', error: 'invalid_code' };
    if (redirectUri !== entry.consent.redirectUri) return { kind: 'refused', error: 'bad_redirect_uri' };
    if (!verifies(entry.consent.codeChallenge, verifier)) return { kind: 'refused', error: 'invalid_code_verifier' };
    this.#codes.delete(code);
    return { kind: 'ok', consent: entry.consent };
  }

  reset(): void {
    this.#codes.clear();
  }
}

function verifies(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null) return true;
  return verifier !== null && createHash('sha256').update(verifier).digest('base64url') === challenge;
}
