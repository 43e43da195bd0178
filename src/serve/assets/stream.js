/* What the program says, as it comes: records from /events, pictures from /pictures (STREAM.md). */

const RETRY_MS = 1000;

/** Follow /events until `close` is called.
 *  @param on  {type: function(record)}
 *  @param onLink  function(is_connected) */
export function followEvents(on, onLink) {
    let source = null, timer = 0, isClosed = false;
    const open = () => {
        source = new EventSource('/events?frames=0');
        source.onopen = () => onLink(true);
        source.onerror = () => {
            if (isClosed)
                return;
            onLink(false);
            /* the browser tries again by itself, but gives up for good after an HTTP error */
            if (source.readyState === EventSource.CLOSED)
                timer = setTimeout(open, RETRY_MS);
        };
        for (const type of Object.keys(on))
            source.addEventListener(type, (event) => on[type](JSON.parse(event.data)));
    };
    open();
    return { close() { isClosed = true; clearTimeout(timer); source.close(); } };
}

const HEAD_BYTES = 8;
/* A length beyond this is not a length: the stream is out of step. */
const LARGEST_BYTES = 64 << 20;

/** Cuts a stream of bytes into pairs of record and JPEG. Keeps one buffer, which grows to the
 *  largest pair seen. */
export class PairReader {
    #bytes = new Uint8Array(1 << 18);
    #n = 0;

    /** @return the newest whole pair, {record, jpeg}, or null; older ones are passed over */
    push(chunk) {
        if (this.#n + chunk.length > this.#bytes.length) {
            const larger = new Uint8Array(2 * (this.#n + chunk.length));
            larger.set(this.#bytes.subarray(0, this.#n));
            this.#bytes = larger;
        }
        this.#bytes.set(chunk, this.#n);
        this.#n += chunk.length;

        let at = 0, newest = null;
        const view = new DataView(this.#bytes.buffer);
        while (this.#n - at >= HEAD_BYTES) {
            const record = view.getUint32(at), jpeg = view.getUint32(at + 4);
            if (record + jpeg > LARGEST_BYTES)
                throw new Error('picture stream out of step');
            if (this.#n - at < HEAD_BYTES + record + jpeg)
                break;
            const start = at + HEAD_BYTES;
            newest = [start, start + record, start + record + jpeg];
            at = newest[2];
        }
        const pair = newest && {
            record: JSON.parse(new TextDecoder().decode(this.#bytes.subarray(newest[0], newest[1]))),
            jpeg: new Blob([this.#bytes.subarray(newest[1], newest[2])], { type: 'image/jpeg' }),
        };
        this.#bytes.copyWithin(0, at, this.#n);
        this.#n -= at;
        return pair;
    }
}

/** Follow /pictures while the page is to be seen.
 *  @param onPair  function({record, jpeg}) */
export function followPictures(onPair) {
    let request = null, timer = 0, isClosed = false;

    const read = async (mine) => {
        const response = await fetch('/pictures', { signal: mine.signal, cache: 'no-store' });
        if (!response.ok)
            throw new Error(`/pictures: ${response.status}`);
        const body = response.body.getReader(), pairs = new PairReader();
        for (;;) {
            const { value, done } = await body.read();
            if (done)
                return;
            const pair = pairs.push(value);
            if (pair)
                onPair(pair);
        }
    };
    const open = () => {
        clearTimeout(timer);
        if (request || isClosed || document.hidden)
            return;
        const mine = request = new AbortController();
        read(mine).catch(() => {}).finally(() => {
            mine.abort();
            if (request === mine)
                request = null;
            timer = setTimeout(open, RETRY_MS);
        });
    };
    const close = () => {
        clearTimeout(timer);
        request?.abort();
        request = null;
    };
    const onVisibility = () => (document.hidden ? close() : open());
    document.addEventListener('visibilitychange', onVisibility);
    open();
    return {
        close() {
            isClosed = true;
            document.removeEventListener('visibilitychange', onVisibility);
            close();
        },
    };
}
