import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The server sends what stands beside a file as `.gz`; compressing once here costs it nothing later. */
const compress: Plugin = {
  name: 'compress',
  writeBundle({ dir = '' }, bundle) {
    for (const name of Object.keys(bundle).filter((each) => /\.(js|css)$/.test(each))) {
      const file = path.join(dir, name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
    }
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/admin/',
  plugins: [react(), compress],
  build: {
    outDir: '../dist/admin',
    emptyOutDir: true,
    // The policy allows no data: stylesheet or font, and a hashed file is cached anyway.
    assetsInlineLimit: 0,
    // React, Apollo and Mantine, once; a test holds the first route to its budget.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      onLog(level, log, report) {
        // Libraries ship `use client`; without server components it means nothing.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
});
