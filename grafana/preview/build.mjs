// Bundles the page into the folder named on the command line, which is all that the preview needs.
import { cpSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

const out = process.argv[2];
mkdirSync(out, { recursive: true });
await build({
  entryPoints: ['src/main.tsx'],
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  jsx: 'automatic',
  logLevel: 'error',
  loader: { '.svg': 'dataurl', '.ttf': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
});
cpSync('src/index.html', `${out}/index.html`);
// Where Grafana's libraries look for them.
cpSync('node_modules/@grafana/ui/dist/public/img/icons', `${out}/public/build/img/icons`, { recursive: true });
for (const [weight, name] of [[400, 'Regular'], [500, 'Medium']]) {
  cpSync(`node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`, `${out}/public/fonts/inter/Inter-${name}.woff2`);
}
