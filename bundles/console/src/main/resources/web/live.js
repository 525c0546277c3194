// Live values by server-sent events. The stream ends while nobody looks, comes back by itself, and says when it is lost.

import { get, who } from './api.js';

const EVENTS = '/admin/events';
const LONGEST_WAIT = 15_000;

class Live extends EventTarget {
  /** The newest status, or null. */
  status = null;
  /** off, connecting, live, polling or lost. */
  state = 'off';

  #source = null;
  #timer = null;
  #wait = 1000;
  #wanted = false;
  #broken = false;

  start() {
    if (!this.#wanted) {
      this.#wanted = true;
      document.addEventListener('visibilitychange', this.#seen);
    }
    this.#seen();
  }

  stop() {
    this.#wanted = false;
    document.removeEventListener('visibilitychange', this.#seen);
    this.#close('off');
    this.status = null;
  }

  #seen = () => {
    if (document.hidden) {
      this.#close('off');
    } else if (this.#wanted && this.#source === null) {
      this.#open();
    }
  };

  #open() {
    clearTimeout(this.#timer);
    if (this.status === null) {
      this.#become('connecting');
      // The first picture need not wait for the first event.
      get('/v1/status').then((status) => this.status ?? this.#take(status), () => {});
    }
    const source = new EventSource(EVENTS);
    this.#source = source;
    source.addEventListener('status', (event) => {
      this.#wait = 1000;
      if (this.#broken) {
        this.#broken = false;
        this.dispatchEvent(new Event('again'));
      }
      this.#become('live');
      this.#take(JSON.parse(event.data));
    });
    source.addEventListener('error', () => {
      if (source === this.#source) {
        source.close();
        this.#source = null;
        this.#broken = true;
        this.#recover();
      }
    });
  }

  /** Without the stream the status itself is asked for; without that the connection is lost. Either way it tries again. */
  async #recover() {
    try {
      const status = await get('/v1/status');
      this.#become('polling');
      this.#take(status);
    } catch {
      this.#become(who() === null ? 'off' : 'lost');
    }
    if (!this.#wanted || document.hidden || this.#source !== null || who() === null) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#seen, this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  #take(status) {
    this.status = { ...this.status, ...status, at: Date.now() };
    this.dispatchEvent(new Event('status'));
  }

  #become(state) {
    if (state !== this.state) {
      this.state = state;
      this.dispatchEvent(new Event('state'));
    }
  }

  #close(state) {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#wait = 1000;
    this.#become(state);
  }
}

export const live = new Live();

/** Calls back with the newest status now and on each new one, until the page is left. */
export function watch(signal, listener) {
  live.addEventListener('status', () => listener(live.status), { signal });
  if (live.status !== null) {
    listener(live.status);
  }
}
