import { defineConfig } from 'vite';

// Flask reads .vite/manifest.json from the output folder; relative addresses keep the bundles free of any host or prefix.
export default defineConfig({
  base: './',
  // Bootstrap 5.3 is written for an older Sass; its warnings are not ours.
  css: { preprocessorOptions: { scss: { quietDeps: true, silenceDeprecations: ['import', 'if-function', 'global-builtin', 'color-functions'] } } },
  build: {
    outDir: '../static/dist',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    rollupOptions: {
      input: {
        site: 'src/site.ts',
        form: 'src/form.ts',
        viewer: 'src/viewer.ts',
        task: 'src/task.ts',
        child: 'src/child.ts',
        visits: 'src/visits.ts',
      },
    },
  },
});
