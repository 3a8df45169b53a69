// Takes what is left of a core: beside it is seen what others pay for a machine that is never idle.
import os from 'node:os';
import { obey } from './obey.mjs';

const TURN_MS = 20;

os.setPriority(os.constants.priority.PRIORITY_LOW);

const burn = () => {
  const until = performance.now() + TURN_MS;
  while (performance.now() < until);
  setImmediate(burn);
};

burn();
obey({});
