// Loaded into a server by NODE_OPTIONS: at SIGWINCH, which stops nothing, it collects garbage and says what is left, and
// what is open.
import fs from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

process.on('SIGWINCH', () => {
  collect();
  collect();
  const open = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate');
  const { heapUsed, external, rss } = process.memoryUsage();
  const files = fs.readdirSync('/proc/self/fd').length;
  process.stdout.write(
    `${JSON.stringify({ heapReport: true, heapUsed, external, rss, files, handles: open.length })}\n`,
  );
});
