// Reads pictures with other readers, one line of JSON an answer. Run in a folder whose node_modules holds zxing-wasm,
// jsqr and qr:  node peers.mjs zxing-wasm|jsqr|qr < lines of "path-to-raw-rgba width height"
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.cwd() + '/');
const load = (name) => import(pathToFileURL(require.resolve(name)));

const peers = {
  'zxing-wasm': async () => {
    const { readBarcodes, prepareZXingModule } = await load('zxing-wasm/reader');
    const wasm = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
    await prepareZXingModule({ overrides: { wasmBinary: wasm }, fireImmediately: true });
    return async (data, width, height) => {
      const found = await readBarcodes({ data, width, height, colorSpace: 'srgb' },
        { formats: ['QRCode'], tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true, tryDenoise: true });
      return found.filter((c) => c.isValid).map((c) => c.text);
    };
  },
  jsqr: async () => {
    const mod = require('jsqr');
    const jsQR = mod.default ?? mod;
    return (data, width, height) => {
      const c = jsQR(data, width, height);
      return c ? [c.data] : [];
    };
  },
  qr: async () => {
    const { default: decodeQR } = await load('qr/decode.js');
    return (data, width, height) => {
      try { return [decodeQR({ data, width, height })]; } catch { return []; }
    };
  },
};

const read = await peers[process.argv[2]]();
for await (const line of createInterface({ input: process.stdin })) {
  const [path, w, h] = line.split('\t');
  const data = new Uint8ClampedArray(readFileSync(path));
  const before = process.cpuUsage();
  let texts = [], error;
  try { texts = await read(data, +w, +h); } catch (e) { error = String(e); }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ texts, ms: (user + system) / 1000, error }));
}
