// Times in the reader's own zone: message times, day lines, and Slack's <!date^…> tokens.
const LOCALE = 'en';
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const TIME = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const TIME_SECS = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const SHORT = format({ month: 'short', day: 'numeric', year: 'numeric' });
const MONTH = format({ month: 'long' });
const WEEKDAY = format({ weekday: 'long' });
const FULL = format({ dateStyle: 'full', timeStyle: 'long' });
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });

export const atUnix = (seconds) => new Date(Number(seconds) * 1000);
export const clock = (date) => TIME.format(date);
export const clockSecs = (date) => TIME_SECS.format(date);
export const full = (date) => FULL.format(date);

function ordinal(day) {
  if (day > 3 && day < 21) return `${day}th`;
  return `${day}${{ 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] || 'th'}`;
}

const long = (d) => `${MONTH.format(d)} ${ordinal(d.getDate())}, ${d.getFullYear()}`;
const two = (n) => String(n).padStart(2, '0');
const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
const daysFromToday = (d) => Math.round((midnight(d) - midnight(new Date())) / 86400000);

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
    date_num: () => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
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
