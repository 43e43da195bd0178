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
  console.log(JSON.stringify({ table: 'live', what: name.replace(/_/g, ' '), received_hz: received,
    analysed_hz: latencies.length / span, dropped: last.n_dropped - first.n_dropped,
    p50_ms: quantile(latencies, 0.5), p95_ms: quantile(latencies, 0.95), p99_ms: quantile(latencies, 0.99),
    pose_p50_ms: quantile(poses, 0.5), toe_off_mean_ms: mean, toe_off_worst_ms: Math.max(...lags),
    cores: Number(processors) }));
}

async function soak(rssPath, path) {
  const rss = fs.readFileSync(rssPath, 'utf8').trim().split('\n').map((l) => l.split(' ').map(Number));
  const later = rss.filter(([t]) => t >= 60).map(([, kb]) => kb / 1024);
  let last = null, first = null;
  for await (const r of records(path, 0)) if (r.type === 'status') { first = first || r; last = r; }
  console.log(JSON.stringify({ table: 'soak', minutes: last.time_s / 60, pictures: last.n_frames,
    dropped: last.n_dropped, rss_minute_mb: later[0], rss_end_mb: later[later.length - 1],
    rss_most_mb: Math.max(...later) }));
}

const [what, ...args] = process.argv.slice(2);
(what === 'soak' ? soak(...args) : row(args[0], args[1], Number(args[2]), args[3])).catch((e) => {
  console.error(`bench live: ${e.message}`);
  process.exit(1);
});
