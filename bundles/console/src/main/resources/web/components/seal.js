// The seal of a proof. It is green only after this browser has checked signature, inclusion and commitments itself.

import { request } from '../api.js';
import { el, replace } from '../dom.js';
import { exactTime } from '../format.js';
import { t } from '../i18n.js';
import { verifyAnswer, verifyEvidence } from '../proof/answer.js';
import { openDialog } from './dialog.js';
import { link } from './link.js';
import { badge } from './states.js';
import { stepsView } from './steps.js';

const PIN = 'candor.logKey';

/** The log's key as this browser saw it first. Another one later is news to be told, not to be taken. */
export async function pinnedKey() {
  const { value } = await request('GET', '/v1/status');
  const served = value.log?.key;
  const pinned = JSON.parse(localStorage.getItem(PIN) ?? 'null');
  if (pinned === null && served) {
    const fresh = { key: served, since: new Date().toISOString() };
    localStorage.setItem(PIN, JSON.stringify(fresh));
    return { ...fresh, changed: false, served };
  }
  return { ...pinned, changed: Boolean(pinned && served && pinned.key !== served), served };
}

/** Takes the key that the server has now: an operator's decision. */
export function pin(key) {
  localStorage.setItem(PIN, JSON.stringify({ key, since: new Date().toISOString() }));
}

/** The seal of an answer as it came over the wire, or was pasted. */
export function answerSeal(json) {
  return seal(async (key) => verifyAnswer(json, key));
}

/** The seal of an operation's evidence. */
export function evidenceSeal(evidence) {
  return seal(async (key) => verifyEvidence(evidence, key));
}

/** The seal of an operation whose evidence is one of several readings: the first that holds. */
export function textSeal(readings) {
  return seal(async (key) => {
    const reports = [];
    for (const evidence of readings) {
      reports.push(await verifyEvidence(evidence, key));
    }
    return reports.find((report) => report.ok) ?? reports[0];
  });
}

function seal(verify) {
  const place = el('span', { class: 'seal', role: 'status' }, badge('wait', t('seal.checking')));
  const run = async () => {
    let pinned;
    let report;
    try {
      pinned = await pinnedKey();
      report = await verify(pinned.key);
    } catch (failure) {
      replace(place, badge('warn', t('seal.unchecked')), ' ', el('span', { class: 'muted' }, failure.message));
      return null;
    }
    const button = el(
      'button',
      { type: 'button', class: 'quiet', 'aria-haspopup': 'dialog', click: () => showSteps(report, pinned, run) },
      report.ok
        ? badge('good', t('seal.verified', { index: report.index, size: report.size }))
        : badge('bad', t('seal.failed')),
    );
    button.dataset.verified = String(report.ok);
    replace(place, button);
    return report;
  };
  place.done = run();
  return place;
}

function showSteps(report, pinned, again) {
  openDialog(
    t(report.ok ? 'seal.titleGood' : 'seal.titleBad'),
    (close) => [
      el('p', {}, t(report.ok ? 'seal.meaningGood' : 'seal.meaningBad')),
      pinned.since && el('p', { class: 'muted' }, t('seal.pinned', { time: exactTime(pinned.since) })),
      pinned.changed &&
        el(
          'div',
          { class: 'state error' },
          badge('bad', t('seal.keyChanged')),
          el('p', {}, t('seal.keyChangedWhy')),
          el('button', { type: 'button', click: () => { pin(pinned.served); close(); again(); } }, t('seal.takeKey')),
        ),
      stepsView(report),
      report.index !== undefined && el('p', {}, link(`/console/log/${report.index}`, t('seal.entry', { index: report.index }))),
    ],
    { wide: true },
  );
}
