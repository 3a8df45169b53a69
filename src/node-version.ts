/** As in `engines` of package.json, which nobody looks at when the program is started by hand. */
export const OLDEST_NODE = [22, 17] as const;

/** What is wrong with a version of Node; undefined where it will do. */
export const tooOldNode = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `Node ${OLDEST_NODE.join('.')} or newer is needed, and this is ${version}. "npx heliograph" brings its own.`;
};

// Imports nothing: this has to run in an older one.
const problem = tooOldNode(process.version);
if (problem !== undefined) {
  process.stderr.write(`heliograph: ${problem}\n`);
  process.exit(1);
}
