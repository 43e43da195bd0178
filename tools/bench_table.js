// Records of the benchmarks (a JSON object a line, see tools/bench) as one JSON document and as the
// table people read. usage: node tools/bench_table.js RECORDS.jsonl COMMAND >TABLE.md
'use strict';
const fs = require('fs');
const os = require('os');
const { execFileSync } = require('child_process');

const records = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const of = (table) => records.filter((r) => r.table === table);
const fixed = (value, n) => (Number.isFinite(value) ? value.toFixed(n) : '–');
const percent = (value) => (Number.isFinite(value) ? `${(100 * value).toFixed(0)} %` : '–');
const verdict = (is) => (is ? 'met' : '**missed**');

function table(title, note, head, rows) {
  if (!rows.length) return;
  console.log(`\n## ${title}\n\n${note}\n\n| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

function commit() {
  try {
    return execFileSync('git', ['log', '-1', '--format=%h of %cs'], { encoding: 'utf8' }).trim();
  } catch {
    return 'not known';
  }
}

const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
const flags = (fs.readFileSync('/proc/cpuinfo', 'utf8').match(/^flags.*$/m)?.[0] ?? '').split(/\s+/)
  .filter((f) => /^(avx2|fma|avx512f|avx512_vnni|avx512_bf16|amx_int8)$/.test(f)).join(' ');
console.log(`# How fast treadscope is

Made by \`${process.argv[3]}\`: commit ${commit()}, ${os.cpus().length} cores of ${cpu} (${flags}), load at the end
${os.loadavg()[0].toFixed(1)}. Ratios are within this run and travel; milliseconds do not. The same numbers stand in
\`build/bench/bench.json\`.`);

table('The networks, one thread',
  'Median of rounds in turn. "of sgemm" is the rate over that of OpenBLAS\' matrix product; "designed" what it was on the '
  + 'machine of the design, another kind of processor.',
  ['what', 'M multiply-adds', 'ms', '10th to 90th percentile', 'GFLOP/s', 'of sgemm', 'designed'],
  of('networks').map((r) => [r.what, fixed(r.million_multiply_adds, 0), fixed(r.ms, 2), `${fixed(r.ms_p10, 2)} to ${fixed(r.ms_p90, 2)}`,
    fixed(r.gflop_s, 0), percent(r.of_sgemm), percent(r.of_sgemm_designed)]));
table('Memory of the networks', 'Resident MiB.', ['model', 'weights', 'each tracker'],
  of('network memory').map((r) => [r.model, fixed(r.weights_mib, 0), fixed(r.tracker_mib, 0)]));
table('Whole `analyze`, no annotated clip',
  'Wall time over the ideal: CPU seconds of decoding alone plus those of the network in the same run, over the workers. Asked: '
  + '1.10 with `full` at 720p on two cores; two workers 1.9 times as fast as one. Loading the network is not in it.',
  ['clip', 'model', 'workers', 'frames', 'decode s', 'network s', 'wall s', 'over ideal (least to most)', 'against one worker', 'peak MiB'],
  of('whole').map((r) => [r.clip, r.model, r.workers, r.frames, fixed(r.decode_cpu_s, 2), fixed(r.network_cpu_s, 2), fixed(r.wall_s, 2),
    `${fixed(r.over_ideal, 2)} (${fixed(r.over_ideal_least, 2)} to ${fixed(r.over_ideal_most, 2)})`, fixed(r.scaling, 2), fixed(r.peak_mib, 0)]));
table('Whole `analyze` with the annotated clip', 'Model `full`. Wall time over the ideal: CPU seconds of decoding once, network and '
  + 'encoding the pictures that were drawn, over the cores there are. Asked: 1.15.',
  ['clip', 'decode s', 'network s', 'encode s', 'drawn pass CPU s', 'wall s', 'of it the drawn pass', 'over ideal', ''],
  of('annotated').map((r) => [r.clip, fixed(r.decode_cpu_s, 2), fixed(r.network_cpu_s, 2), fixed(r.encode_cpu_s, 2),
    fixed(r.annotated_cpu_s, 2), fixed(r.wall_s, 2), fixed(r.annotated_wall_s, 2), fixed(r.over_ideal, 2), verdict(r.over_ideal <= 1.15)]));
table('Motion, gait and form', 'CPU time of one thread. Asked: an hour at 60 a second through the recorded analyzer in under 10 s '
  + 'and 500 MB; live, rules included, under 200 µs a frame. (Live, rules are judged with each step.)',
  ['mode', 'session s', 'frames', 'analyzer CPU s', 'with rules', 'µs a frame', 'median', '99 %', 'most', 'peak MiB', ''],
  of('analyzer').map((r) => [r.mode, r.session_s, r.frames, fixed(r.analyzer_cpu_s, 2), fixed(r.cpu_s, 2), fixed(r.us_a_frame, 0), fixed(r.us_median, 0), fixed(r.us_p99, 0),
    fixed(r.us_most, 0), fixed(r.peak_mib, 0),
    verdict(r.mode === 'live' ? r.us_a_frame < 200 : r.analyzer_cpu_s < 10 * r.session_s / 3600 && r.peak_mib < 500)]));
table('Start', 'From the command to the first frame looked at, warm disk cache; median of rounds. Asked: 300 ms.',
  ['model', 'ms', 'least to most', ''],
  of('start').map((r) => [r.model, fixed(r.ms, 0), `${fixed(r.ms_least, 0)} to ${fixed(r.ms_most, 0)}`, verdict(r.ms < 300)]));
table('Exports', 'CPU seconds of one thread for every file but the annotated clip, of ten minutes at 60 a second. Asked: 3 s; HTML 1.5 MB, '
  + 'PDF 1 MB.',
  ['files', 'CPU s', 'report.html MB', 'report.pdf MB', ''],
  of('exports').map((r) => [r.files, fixed(r.cpu_s, 2), fixed(r.html_bytes / 1e6, 2), fixed(r.pdf_bytes / 1e6, 2),
    verdict(r.cpu_s < 3 && r.html_bytes < 1.5e6 && r.pdf_bytes < 1e6)]));
table('Live', 'From the arrival of a picture to its record; sources streamed in by a second process. Asked: 720p60 `full` with the page open: '
  + 'none dropped, p50 20 ms, p95 33; 720p120 `lite`: p95 25; too fast: p95 60; 1080p30: one core in all.',
  ['source, network', 'pictures/s', 'analysed/s', 'dropped', 'p50 ms', 'p95', 'p99', 'of p50 the network', 'toe-off told after ms, mean / worst', 'cores'],
  of('live').map((r) => [r.what, fixed(r.received_hz, 1), fixed(r.analysed_hz, 1), r.dropped, fixed(r.p50_ms, 1), fixed(r.p95_ms, 1),
    fixed(r.p99_ms, 1), fixed(r.pose_p50_ms, 1), `${fixed(r.toe_off_mean_ms, 0)} / ${fixed(r.toe_off_worst_ms, 0)}`, fixed(r.cores, 2)]));
table('Live, at length', 'Resident MB; asked: within 5 of that after a minute.',
  ['minutes of video', 'pictures', 'dropped', 'after a minute', 'at the end', 'most'],
  of('soak').map((r) => [fixed(r.minutes, 1), r.pictures, r.dropped, fixed(r.rss_minute_mb, 1), fixed(r.rss_end_mb, 1), fixed(r.rss_most_mb, 1)]));

fs.writeFileSync('build/bench/bench.json', JSON.stringify({ command: process.argv[3], commit: commit(), cpu, flags, records }, null, 1));
