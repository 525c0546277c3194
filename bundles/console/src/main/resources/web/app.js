// The frame: navigation, bar, and which page is shown. Pages are loaded when they are first looked at.

import { events, refresh, resume, signOut, who } from './api.js';
import { el, replace } from './dom.js';
import { language, languages, preferredLanguage, setLanguage, t } from './i18n.js';
import { live } from './live.js';
import { HOME, OTHERS, PAGES, pathOf } from './pages.js';
import { offered, refusal } from './permissions.js';
import { withheldPlace } from './components/action.js';
import { icon } from './components/icon.js';
import { link, navigate } from './components/link.js';
import { noticePlace } from './components/notice.js';
import { badge, errorState } from './components/states.js';
import { shortcuts } from './components/keyboard.js';
import { putBack, typedIn } from './components/typed.js';

const main = el('main', { id: 'main', tabindex: '-1' });
const banner = el('div', { class: 'banner', role: 'status', 'aria-live': 'polite', hidden: true });
let leave = new AbortController();
let routed = false;
let policy = null;

async function start() {
  applyTheme();
  const session = resume();
  await setLanguage(preferredLanguage());
  try {
    await session;
  } catch (failure) {
    document.body.append(el('main', { class: 'alone' }, errorState(failure, () => location.reload())));
    return;
  }
  document.addEventListener('click', follow);
  addEventListener('popstate', () => route());
  events.addEventListener('session', frame);
  events.addEventListener('permissions', offerAnew);
  live.addEventListener('state', tellConnection);
  live.addEventListener('status', tellReady);
  live.addEventListener('again', askAgain);
  shortcuts(() => offeredPages().map((page) => [page.key, pathOf(page.name)]));
  frame();
}

function offeredPages() {
  return PAGES.filter((page) => offered(page.operation));
}

/** A stream that came back may have ended because the roles are others now. */
function askAgain() {
  if (who() !== null) {
    refresh().catch(() => {
      // Whatever it is, the stream meets it too, and says so.
    });
  }
}

/** The policy or the roles are others. What an open dialog is about stays as it is until it is closed, and what was typed stays. */
function offerAnew() {
  const dialog = document.querySelector('dialog[open]');
  if (dialog !== null) {
    dialog.addEventListener('close', offerAnew, { once: true });
    return;
  }
  document.querySelector('#navigation')?.replaceWith(navigation());
  route({ moved: false });
}

// ---- frame -------------------------------------------------------------------------------------------------------

const ready = el('span', { class: 'ready' });
const instance = el('span', { class: 'instance' });

function frame() {
  const session = who();
  if (session === null || session.mustChangePassword) {
    live.stop();
    replace(document.body, el('a', { class: 'skip', href: '#main' }, t('frame.skip')), bar(false), main, noticePlace());
    document.body.className = 'signed-out';
    route();
    return;
  }
  document.body.className = '';
  replace(
    document.body,
    el('a', { class: 'skip', href: '#main' }, t('frame.skip')),
    bar(true),
    navigation(),
    banner,
    main,
    noticePlace(),
  );
  live.start();
  tellReady();
  tellConnection();
  route();
}

function bar(signedIn) {
  const menu = el(
    'button',
    { type: 'button', class: 'quiet drawer', 'aria-label': t('frame.menu'), 'aria-expanded': 'false', 'aria-controls': 'navigation', click: toggleDrawer },
    icon('menu'),
  );
  return el(
    'header',
    { class: 'bar' },
    signedIn && menu,
    el('a', { class: 'brand', href: HOME }, el('img', { src: '/console/icon.svg', alt: '', width: 20, height: 20 }), 'Candor'),
    signedIn && instance,
    signedIn && ready,
    el('span', { class: 'space' }),
    choice(t('frame.language'), languages().map((code) => [code, t(`language.${code}`)]), language(), changeLanguage),
    choice(t('frame.theme'), ['system', 'light', 'dark'].map((name) => [name, t(`theme.${name}`)]), theme(), (name) => {
      localStorage.setItem('candor.theme', name);
      applyTheme();
    }),
    signedIn && el('a', { href: `${HOME}account`, class: 'me', 'aria-label': `${t('page.account')}: ${who().user}` }, icon('user'), el('span', { class: 'user' }, who().user)),
    who() && el('button', { type: 'button', class: 'quiet sign-out', click: signOut }, t('frame.signOut')),
  );
}

function choice(label, options, chosen, changed) {
  return el(
    'label',
    { class: 'choice' },
    el('span', { class: 'visually-hidden' }, label),
    el('select', { title: label, change: (event) => changed(event.target.value) },
      options.map(([value, words]) => el('option', { value, selected: value === chosen }, words))),
  );
}

function navigation() {
  return el(
    'nav',
    { id: 'navigation', 'aria-label': t('frame.navigation') },
    el('ul', {}, offeredPages().map(({ name, key }) =>
      el('li', {}, el('a', { href: pathOf(name), 'data-page': name, 'aria-keyshortcuts': `g ${key}` }, icon(name), el('span', {}, t(`page.${name}`)))),
    )),
    link(`${HOME}verifier.html`, t('frame.verifier')),
  );
}

function toggleDrawer() {
  const open = document.body.classList.toggle('drawer-open');
  document.querySelector('.drawer').setAttribute('aria-expanded', String(open));
}

function closeDrawer() {
  if (document.body.classList.contains('drawer-open')) {
    toggleDrawer();
  }
}

function tellReady() {
  const status = live.status;
  if (status === null) {
    replace(ready);
    return;
  }
  const missing = (status.checks ?? []).filter((check) => !check.ready).length;
  const now = status.policy?.digest ?? null;
  if (policy !== null && now !== null && policy !== now) {
    askAgain();
  }
  policy = now ?? policy;
  replace(ready, badge(status.ready ? 'good' : 'warn', status.ready ? t('ready.yes') : t('ready.no', { count: missing })));
  instance.textContent = status.log?.origin ?? location.host;
}

function tellConnection() {
  banner.hidden = live.state !== 'lost';
  if (live.state === 'lost') {
    replace(banner, badge('warn', t('live.lost')), ' ', t('live.lostWhy'));
    replace(ready, badge('bad', t('live.lost')));
  }
  document.body.dataset.live = live.state;
}

// ---- language and theme --------------------------------------------------------------------------------------------

async function changeLanguage(code) {
  await setLanguage(code);
  frame();
}

function theme() {
  return localStorage.getItem('candor.theme') ?? 'system';
}

function applyTheme() {
  document.documentElement.dataset.theme = theme();
}

// ---- routes ------------------------------------------------------------------------------------------------------

function follow(event) {
  const anchor = event.target.closest('a[href]');
  if (!anchor || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || anchor.download) {
    return;
  }
  const to = new URL(anchor.href);
  if (to.origin !== location.origin || !to.pathname.startsWith(HOME) || to.pathname.endsWith('.html') || to.hash) {
    return;
  }
  event.preventDefault();
  anchor.closest('dialog')?.close();
  navigate(to.pathname + to.search);
}

/** @param moved whether the reader goes to another page, so that reading begins at its heading; else what was typed is kept */
async function route({ moved = true } = {}) {
  closeDrawer();
  const session = who();
  const parts = location.pathname.slice(HOME.length).split('/').filter((part) => part !== '').map(decodeURIComponent);
  let page = parts.shift() ?? 'overview';
  const listed = PAGES.find((each) => each.name === page);
  let known = listed !== undefined || OTHERS.includes(page);
  const why = listed && session && !offered(listed.operation) ? refusal(listed.operation) : null;
  if (session === null) {
    [page, known] = ['signin', true];
  } else if (session.mustChangePassword) {
    [page, known] = ['account', true];
  }
  const toHeading = moved && routed;
  routed = true;
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  document.querySelectorAll('nav [data-page]').forEach((anchor) => {
    if (anchor.dataset.page === page) {
      anchor.setAttribute('aria-current', 'page');
    } else {
      anchor.removeAttribute('aria-current');
    }
  });
  try {
    if (!known) {
      replace(main, el('h1', {}, t('error.noPage')), el('p', {}, link(HOME, t('page.overview'))));
    } else {
      const refused = why !== null && !session.mustChangePassword;
      const module = refused ? { page: () => notOffered(why) } : await import(`/console/pages/${page}.js`);
      if (signal.aborted) {
        return;
      }
      const heading = el('h1', { tabindex: '-1' }, t(`page.${page}`));
      const withheld = withheldPlace();
      const content = module.page({ parts, signal, heading });
      const typed = moved ? null : typedIn(main);
      replace(main, heading, content, withheld);
      // After what the page itself puts the focus on.
      typed !== null && queueMicrotask(() => putBack(main, typed));
      document.title = `${heading.textContent} \u2013 Candor`;
      if (toHeading) {
        heading.focus({ preventScroll: true });
        scrollTo(0, 0);
      }
    }
  } catch (failure) {
    replace(main, el('h1', {}, t(`page.${page}`)), errorState(failure, () => route()));
  }
  main.dataset.page = page;
}

function notOffered(why) {
  return el('div', { class: 'state' }, badge('wait', t('action.notYours')), el('p', {}, why), el('p', { class: 'muted' }, t('action.ask')));
}

start();
