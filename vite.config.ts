import { chmodSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/**
 * Node reads the maps of all that it loads before anything runs, and decodes the whole map of a file for the first error that
 * has a line in it, which stopped a server for 0.2 s when they spoke of packages as well. Those have their names and lines
 * here, unminified.
 */
const mapsOfOursAlone: Plugin = {
  name: 'maps-of-ours-alone',
  transform: {
    filter: { id: /\/node_modules\/|^__vite-optional-peer-dep/ },
    handler: (code) => ({ code, map: { mappings: '' } }),
  },
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk' || !file.sourcemapFileName || file.map?.sources.length !== 0) continue;
      file.code = file.code.replace(/\/\/# sourceMappingURL=.*\n?$/, '');
      delete bundle[file.sourcemapFileName];
    }
  },
};

/** The command is a file that can be run: npm marks it only when it links it first, and each build writes it anew. */
const commandThatRuns: Plugin = {
  name: 'command-that-runs',
  writeBundle({ dir = '' }, bundle) {
    const command = 'main.js';
    if (command in bundle) chmodSync(path.join(dir, command), 0o755);
  },
};

/** The server and the simulated Slack, each with its packages in it: loading a few large files takes half of many small ones. */
export default defineConfig({
  plugins: [mapsOfOursAlone, commandThatRuns],
  publicDir: false,
  // What is set where it is built is none of the server's business.
  envDir: false,
  // What Node itself would load: a bundler's preferences bring graphql twice, and each denies the other's schema.
  resolve: { extensions: ['.js', '.json'] },
  ssr: {
    noExternal: true,
    // An optional peer of type-graphql, which asks for it only where arguments are to be validated by it.
    external: ['class-validator'],
    resolve: { mainFields: ['main'], conditions: ['node'] },
  },
  build: {
    ssr: true,
    target: 'node22',
    outDir: 'dist/server',
    emptyOutDir: true,
    // Functions in stack traces have their names, and our lines the sources' numbers; the sources stay out of the image.
    minify: false,
    sourcemap: true,
    // What the packages' licences ask to be handed on with them.
    license: { fileName: 'licences.md' },
    rolldownOptions: {
      input: { main: 'src/main.ts', simulator: 'simulator/main.ts' },
      output: {
        // In one folder: the pages are found from whatever file it is that looks for them.
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        // MikroORM and type-graphql go by the names of classes.
        keepNames: true,
        sourcemapExcludeSources: true,
        // Less to read and to decode: text of one byte a character is copied.
        comments: false,
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
      },
    },
  },
});
