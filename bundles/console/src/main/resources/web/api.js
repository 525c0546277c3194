// The one client of the API. Every page goes through it: session, CSRF token, errors, what a missing route means.

/** What the server answered instead of what was asked for. */
export class ApiError extends Error {
  constructor(status, error, requestId) {
    super(error?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = error?.code ?? null;
    this.param = error?.param ?? null;
    this.evidence = error?.evidence ?? null;
    this.requestId = requestId;
  }

  /** The server is older than this page, or built without it. */
  get missingRoute() {
    return (this.status === 404 && this.code === 'no_such_route') || this.status === 405;
  }
}

let session = null;

export const events = new EventTarget();

/** Who is signed in, or null. */
export function who() {
  return session;
}

function setSession(value) {
  session = value;
  events.dispatchEvent(new Event('session'));
}

/** Asks again what the signed-in person may do: the policy or the roles may be others by now. */
export async function refresh() {
  const fresh = await get('/admin/session');
  if (session === null || fresh.user !== session.user || fresh.mustChangePassword !== session.mustChangePassword) {
    setSession(fresh);
    return;
  }
  const changed = JSON.stringify(fresh.operations) !== JSON.stringify(session.operations);
  session = fresh;
  changed && events.dispatchEvent(new Event('permissions'));
}

/**
 * Sends a request.
 *
 * @param body an object as JSON, or bytes; null for none
 * @return {value, text}: the answer read, and as it came, which is what proofs are about
 */
export async function request(method, path, body = null, signal = undefined) {
  const response = await send(method, path, body, signal, 'application/json');
  const text = await response.text();
  const value = valueOf(response, text);
  // A 503 of health says what is missing; that is an answer.
  if (!response.ok && !(response.status === 503 && value?.checks)) {
    throw refused(response, value);
  }
  return { value, text };
}

/**
 * Sends a request whose answer comes in events, as OpenAI streams them. Aborting the signal ends it on the server, too.
 *
 * @param take is called with the value of each event
 */
export async function stream(path, body, signal, take) {
  const response = await send('POST', path, body, signal, 'text/event-stream');
  if (!response.ok) {
    throw refused(response, valueOf(response, await response.text()));
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  let ended = false;
  for (;;) {
    const { value, done } = await reader.read().catch(unreachable);
    if (done) {
      break;
    }
    const lines = (held + value).split('\n');
    held = lines.pop();
    for (const data of lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6))) {
      if (data === '[DONE]') {
        ended = true;
        continue;
      }
      const event = JSON.parse(data);
      if (event.error) {
        throw refused(response, event);
      }
      take(event);
    }
  }
  ended || unreachable({});
}

function unreachable(failure) {
  throw failure.name === 'AbortError' ? failure : new ApiError(0, { code: 'unreachable' }, null);
}

function valueOf(response, text) {
  const json = response.headers.get('Content-Type')?.startsWith('application/json');
  return json && text !== '' ? JSON.parse(text) : text;
}

function refused(response, value) {
  if (response.status === 401 && session !== null) {
    setSession(null);
  }
  const error = value?.error ? { ...value.error, evidence: value.evidence ?? value.error.evidence } : null;
  return new ApiError(response.status, error, response.headers.get('X-Request-Id'));
}

async function send(method, path, body, signal, accepted) {
  const headers = { Accept: accepted };
  if (method !== 'GET' && session?.csrf) {
    headers['X-Candor-CSRF'] = session.csrf;
  }
  const raw = body instanceof Blob || body instanceof Uint8Array;
  if (body !== null) {
    headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
  }
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === null ? undefined : raw ? body : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal,
    });
  } catch (failure) {
    return unreachable(failure);
  }
}

export async function get(path, signal) {
  return (await request('GET', path, null, signal)).value;
}

export async function post(path, body) {
  return (await request('POST', path, body)).value;
}

/** A path with what stands in names and queries escaped; slashes of documents stay. */
export function documentPath(document) {
  return `/v1/documents/${document.split('/').map(encodeURIComponent).join('/')}`;
}

export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** Takes up the session of the cookie, if there is one. */
export async function resume() {
  try {
    setSession(await get('/admin/session'));
  } catch (failure) {
    if (failure.status !== 401) {
      throw failure;
    }
    setSession(null);
  }
}

export async function signIn(user, password) {
  setSession(await post('/admin/session', { user, password }));
}

export async function signOut() {
  try {
    await request('DELETE', '/admin/session');
  } finally {
    setSession(null);
  }
}

export async function changePassword(old, fresh) {
  await post('/admin/session/password', { old, new: fresh });
  // Sessions end when a password changes, or go on under another token.
  await resume();
}
