import { SignJWT } from 'jose';
import type { AuthConfig } from '../config/config.ts';
import type { Role } from './viewer.ts';

export interface TokenClaims {
  readonly userId: string;
  readonly workspaces: Readonly<Record<string, Role>>;
  readonly lifetime: string;
}

/** Signs a token as the host product would; only possible where this server holds the shared secret. */
export const signToken = async (config: AuthConfig, { userId, workspaces, lifetime }: TokenClaims): Promise<string> => {
  if (config.kind !== 'secret') {
    throw new Error('Tokens are verified by AUTH_JWKS_URL here, so only the holder of those keys can sign one.');
  }
  return new SignJWT({ workspaces })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuer(config.issuer)
    .setAudience(config.audience)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(new TextEncoder().encode(config.secret.reveal()));
};
