// Unpacks the browser of @sparticuz/chromium into the folder named on the command line.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

const out = process.argv[2];
const packed = (name) => brotliDecompressSync(readFileSync(`node_modules/@sparticuz/chromium/bin/${name}.br`));
writeFileSync(`${out}/chromium`, packed('chromium'), { mode: 0o755 });
for (const archive of ['al2023.tar', 'swiftshader.tar']) {
  execFileSync('tar', ['-x', '-C', out, '--no-same-owner'], { input: packed(archive) });
}
