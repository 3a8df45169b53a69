import { decodeJwt, SignJWT } from 'jose';
import type { AuthConfig } from '../config/config.ts';
import { TAKEN_CLAIMS } from './authenticate.ts';
import { ANY_WORKSPACE, type Role } from './viewer.ts';

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

/** A token that this server will take: one that it refuses says so only where it is used. */
export const issueToken = async (config: AuthConfig, claims: TokenClaims): Promise<string> => {
  const anywhere = claims.workspaces[ANY_WORKSPACE];
  if (anywhere !== undefined && anywhere !== 'SERVICE') {
    throw new Error(`The workspace ${ANY_WORKSPACE} (any) is for the role SERVICE only; name the workspaces instead.`);
  }
  const token = await signToken(config, claims);
  const payload = decodeJwt(token);
  const { iat = 0, exp = 0 } = payload;
  if (exp <= iat) throw new Error('The lifetime must be above 0, for example 12h.');
  if (!TAKEN_CLAIMS.safeParse(payload).success) {
    throw new Error('A user has 1 to 255 characters, and a workspace 1 to 128.');
  }
  return token;
};
