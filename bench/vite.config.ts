import { defineConfig, mergeConfig } from 'vite';
import server from '../vite.config.ts';

const BEHIND = ['no-op', 'one-row', 'pg-boss', 'graphile-worker'];

/** The server as it is built, with something else behind `sendNotification`: the entries of `behind/`. */
export default mergeConfig(
  { ...server, build: { ...server.build, rolldownOptions: { ...server.build?.rolldownOptions, input: {} } } },
  defineConfig({
    // They read files of their own beside their code.
    ssr: { external: ['pg-boss', 'graphile-worker'] },
    build: {
      outDir: 'bench/dist',
      license: false,
      rolldownOptions: { input: Object.fromEntries(BEHIND.map((name) => [name, `bench/behind/${name}.mjs`])) },
    },
  }),
);
