// Unpacks the browser of @sparticuz/chromium and the fonts of client reports into the folder named on the command line.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

const out = process.argv[2];
const packed = (name) => brotliDecompressSync(readFileSync(`node_modules/@sparticuz/chromium/bin/${name}.br`));
writeFileSync(`${out}/chromium`, packed('chromium'), { mode: 0o755 });
for (const archive of ['al2023.tar', 'swiftshader.tar']) {
  execFileSync('tar', ['-x', '-C', out, '--no-same-owner'], { input: packed(archive) });
}
// As the packages have them: their unicode.json names the characters that each file covers.
const fonts = { inter: ['@fontsource/inter', /-[467]00-normal\.woff2$/], 'noto-emoji': ['@fontsource/noto-emoji', /-\d+-400-normal\.woff2$/] };
for (const [name, [from, wanted]] of Object.entries(fonts)) {
  const at = `node_modules/${from}`;
  cpSync(`${at}/files`, `${out}/fonts/${name}`, { recursive: true, filter: (file) => file.endsWith('files') || wanted.test(file) });
  for (const file of ['unicode.json', 'LICENSE']) cpSync(`${at}/${file}`, `${out}/fonts/${name}/${file}`);
}
