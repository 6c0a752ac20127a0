// Times in the zone of the person one acts as, which is the one that the app is told: message
// times, day lines, Slack's <!date^…> tokens, and what is picked.
import { store } from './store.js';

const LOCALE = 'en';
export const zone = () => store.users.get(store.me)?.tz;

function format(options) {
  const made = new Map();
  return { format(date) {
    const timeZone = zone();
    if (!made.has(timeZone)) made.set(timeZone, new Intl.DateTimeFormat(LOCALE, { ...options, timeZone }));
    return made.get(timeZone).format(date);
  } };
}

const TIME = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const TIME_SECS = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const SHORT = format({ month: 'short', day: 'numeric', year: 'numeric' });
const MONTH = format({ month: 'long' });
const WEEKDAY = format({ weekday: 'long' });
const FULL = format({ dateStyle: 'full', timeStyle: 'long' });
const YEAR = format({ year: 'numeric' });
const MONTH_NUMBER = format({ month: 'numeric' });
const DAY = format({ day: 'numeric' });
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });

export const atUnix = (seconds) => new Date(Number(seconds) * 1000);
export const clock = (date) => TIME.format(date);
export const clockSecs = (date) => TIME_SECS.format(date);
export const full = (date) => FULL.format(date);

function ordinal(day) {
  if (day > 3 && day < 21) return `${day}th`;
  return `${day}${{ 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] || 'th'}`;
}

const long = (d) => `${MONTH.format(d)} ${ordinal(Number(DAY.format(d)))}, ${YEAR.format(d)}`;
const two = (n) => String(n).padStart(2, '0');
const dayOf = (d) => `${YEAR.format(d).padStart(4, '0')}-${two(MONTH_NUMBER.format(d))}-${two(DAY.format(d))}`;
const daysFromToday = (d) => (Date.parse(dayOf(d)) - Date.parse(dayOf(new Date()))) / 86400000;

// A day and a time as a picker has them, 2026-11-30T09:00, and back.
export const asPicked = (unix) => `${dayOf(atUnix(unix))}T${clock(atUnix(unix))}`;

export function unixOf(picked) {
  const wall = Date.parse(`${picked}Z`) / 1000;
  const offset = (unix) => Date.parse(`${asPicked(unix)}Z`) / 1000 - unix;
  return wall - offset(wall - offset(wall)); // twice: the clocks may change in between
}

function pretty(date, otherwise) {
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[daysFromToday(date)] || otherwise;
}

const STEPS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];

export function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return seconds > -10 && seconds < 10 ? 'just now' : RELATIVE.format(seconds, 'second');
}

export function dayLine(date) {
  const word = pretty(date, `${WEEKDAY.format(date)}, ${long(date)}`);
  return word[0].toUpperCase() + word.slice(1);
}

export function dateTokens(unix, pattern) {
  const date = atUnix(unix);
  const weekdayLong = `${WEEKDAY.format(date)}, ${long(date)}`;
  const words = {
    date_num: () => dayOf(date),
    date: () => long(date),
    date_short: () => SHORT.format(date),
    date_long: () => weekdayLong,
    date_pretty: () => pretty(date, long(date)),
    date_short_pretty: () => pretty(date, SHORT.format(date)),
    date_long_pretty: () => pretty(date, weekdayLong),
    time: () => clock(date),
    time_secs: () => clockSecs(date),
    ago: () => ago(date),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => (Object.hasOwn(words, token) ? words[token]() : whole));
}

// {ago} and "yesterday" grow old while the page is open.
export function refreshDates(root) {
  for (const node of root.querySelectorAll('time[data-format]')) {
    const text = dateTokens(node.dataset.unix, node.dataset.format);
    if (node.textContent !== text) node.textContent = text;
  }
}
