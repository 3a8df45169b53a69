import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/playground/',
  plugins: [react()],
  build: {
    outDir: '../dist/playground',
    emptyOutDir: true,
    // Monaco is one large piece whatever is done; the warning would only hide others.
    chunkSizeWarningLimit: 6_000,
    rolldownOptions: {
      onLog(level, log, report) {
        // GraphiQL ships React Compiler's directives; without the compiler they mean nothing.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
});
