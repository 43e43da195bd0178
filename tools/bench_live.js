// Figures of one live run out of its records (src/serve/STREAM.md). Used by tools/bench_live.
'use strict';
const fs = require('fs');
const readline = require('readline');

function quantile(sorted, share) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : NaN;
}

async function* records(path, from) {
  let n = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(path) }))
    if (n++ >= from) yield JSON.parse(line);
}

async function row(name, path, from, processors) {
  const latencies = [], poses = [];
  const lags = [];
  let first = null, last = null, newest = null;
  for await (const r of records(path, from)) {
    if (r.type === 'frame') {
      latencies.push(r.latency_ms);
      poses.push(r.stages_ms.pose);
      newest = r;
    } else if (r.type === 'event' && r.kind === 'toe_off' && newest) {
      // Told right after the picture that showed it.
      lags.push((newest.time_s - r.time_s) * 1000 + newest.latency_ms);
    } else if (r.type === 'status') {
      first = first || r;
      last = r;
    }
  }
  latencies.sort((a, b) => a - b);
  poses.sort((a, b) => a - b);
  const span = last.time_s - first.time_s;
  const received = (last.n_frames - first.n_frames) / span;
  const mean = lags.reduce((a, b) => a + b, 0) / lags.length;
  console.log(`| ${name.replace(/_/g, ' ')} | ${received.toFixed(1)} | ` +
    `${(latencies.length / span).toFixed(1)} | ${last.n_dropped - first.n_dropped} | ` +
    [0.5, 0.95, 0.99].map((q) => quantile(latencies, q).toFixed(1)).join(' | ') +
    ` | ${quantile(poses, 0.5).toFixed(1)} | ${mean.toFixed(0)} / ${Math.max(...lags).toFixed(0)} | ${Number(processors).toFixed(2)} |`);
}

async function soak(rssPath, path) {
  const rss = fs.readFileSync(rssPath, 'utf8').trim().split('\n').map((l) => l.split(' ').map(Number));
  const later = rss.filter(([t]) => t >= 60).map(([, kb]) => kb / 1024);
  let last = null, first = null;
  for await (const r of records(path, 0)) if (r.type === 'status') { first = first || r; last = r; }
  console.log(`${(last.time_s / 60).toFixed(1)} minutes of video, ${last.n_frames} pictures, ` +
    `${last.n_dropped} passed over; resident ${later[0].toFixed(1)} MB after a minute, ` +
    `${later[later.length - 1].toFixed(1)} at the end, ${Math.max(...later).toFixed(1)} at most`);
}

const [what, ...args] = process.argv.slice(2);
(what === 'soak' ? soak(...args) : row(args[0], args[1], Number(args[2]), args[3])).catch((e) => {
  console.error(`bench live: ${e.message}`);
  process.exit(1);
});
