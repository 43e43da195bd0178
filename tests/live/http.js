// Serves what cameras and phones serve over HTTP: /mjpeg, JPEGs one after the other at 30 a second as
// "IP Webcam" does, and /hls/*, a playlist that grows. usage: http.js DIR-OF-JPEGS HLS-DIR
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const [jpegs, hls] = process.argv.slice(2);
const frames = fs.readdirSync(jpegs).sort().map((f) => fs.readFileSync(path.join(jpegs, f)));
const server = http.createServer((request, response) => {
  const name = path.basename(request.url);
  if (request.url === '/mjpeg') {
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=frame' });
    let i = 0;
    const timer = setInterval(() => {
      const jpeg = frames[i++ % frames.length];
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      response.write('\r\n');
    }, 1000 / 30);
    response.on('close', () => clearInterval(timer));
  } else if (request.url.startsWith('/hls/') && fs.existsSync(path.join(hls, name))) {
    const type = name.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp2t';
    response.writeHead(200, { 'Content-Type': type });
    response.end(fs.readFileSync(path.join(hls, name)));
  } else {
    response.writeHead(404);
    response.end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
