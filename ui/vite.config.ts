import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { type Plugin, defineConfig } from 'vite';

const out = '../target/ui';

/** Puts a .br and a .gz beside every text file, so that the server compresses nothing. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const file of textFiles(out)) {
        const content = readFileSync(file);
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        writeFileSync(`${file}.br`, brotliCompressSync(content, quality));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

function textFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      return textFiles(path);
    }
    return /\.(js|css|html|svg)$/.test(name) ? [path] : [];
  });
}

export default defineConfig({
  base: '/app/',
  plugins: [react(), precompress()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: 'manifest.txt',
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      [
        'templates',
        'evals',
        'render',
        'generate',
        'jobs',
        'lanes',
        'providers',
        'callbacks',
        'health',
        'openapi',
        'api-docs',
      ].map((name) => [`/${name}`, 'http://localhost:4000']),
    ),
  },
});
