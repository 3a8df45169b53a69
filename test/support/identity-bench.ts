import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { SignJWT } from 'jose';

// TEMPORARY
const NODE = 'node_modules/.bin/node';
const firstLine = (child: ChildProcess, match: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => match.test(line) && resolve(line));
    child.once('exit', (code) => reject(new Error(`exit ${code}`)));
  });

export const startWorld = async (env: Record<string, string> = {}) => {
  const admin = new pg.Client('postgresql://postgres@127.0.0.1:5998/postgres');
  await admin.connect();
  const name = `t${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name}`);
  const databaseUrl = `postgresql://postgres@127.0.0.1:5998/${name}`;
  const sim = spawn(
    NODE,
    [
      'node_modules/.bin/tsx',
      'simulator/main.ts',
      '--port',
      '0',
      '--client-id',
      'cid',
      '--client-secret',
      'csecret-canary',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const slackUrl = JSON.parse(await firstLine(sim, /listening/)).listening as string;
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const secret = randomBytes(32).toString('hex');
  const logs: string[] = [];
  const server = spawn(NODE, ['node_modules/.bin/tsx', 'src/main.ts', 'serve'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      SLACK_CLIENT_ID: 'cid',
      SLACK_CLIENT_SECRET: 'csecret-canary',
      SLACK_SIGNING_SECRET: 'x',
      SLACK_API_URL: `${slackUrl}/api/`,
      SLACK_AUTHORIZE_URL: `${slackUrl}/oauth/v2/authorize`,
      AUTH_JWT_SECRET: secret,
      TOKEN_ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
      MIGRATE_ON_START: 'true',
      LOG_LEVEL: 'debug',
      ...env,
    },
  });
  server.stdout!.on('data', (d) => logs.push(String(d)));
  server.stderr!.on('data', (d) => {
    logs.push(String(d));
    process.env['BENCH_LOG'] && process.stderr.write(d);
  });
  const url = `http://localhost:${port}`;
  for (;;) {
    try {
      if ((await fetch(`${url}/readyz`)).ok) break;
    } catch {
      /* not yet */
    }
    if (server.exitCode !== null) throw new Error(logs.join(''));
    await new Promise((r) => setTimeout(r, 100));
  }
  const db = new pg.Pool({ connectionString: databaseUrl, max: 3 });
  return {
    url,
    slackUrl,
    databaseUrl,
    logs,
    db,
    token: (userId: string, workspaces: Record<string, string>) =>
      new SignJWT({ workspaces })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(userId)
        .setIssuer('heliograph')
        .setAudience('heliograph')
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(secret)),
    stop: async () => {
      server.kill('SIGTERM');
      sim.kill('SIGTERM');
      await db.end();
      await admin.end();
    },
  };
};
