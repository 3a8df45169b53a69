// What the schema of the working tree takes from the clients of the last commit. Without git, or without a commit, nothing.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { breakingChanges } from './breaking-changes.rules.ts';

const committed = spawnSync('git', ['show', 'HEAD:schema.graphql'], { encoding: 'utf8' });
const breaking =
  committed.status === 0 ? breakingChanges(committed.stdout, fs.readFileSync('schema.graphql', 'utf8')) : [];
for (const description of breaking) console.log(description);
if (breaking.length > 0) {
  console.log(
    '\nClients of the last commit break by this. Add beside it and deprecate; what must go is said in CHANGELOG.md.',
  );
  process.exitCode = 1;
}
