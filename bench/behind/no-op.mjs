// The server where sendNotification answers at once and stores nothing. What the API itself costs is left.
import { replaceSend } from './replace-send.mjs';

replaceSend(async () => {});
await import('../../src/main.ts');
