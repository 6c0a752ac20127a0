// What the page knows. Filled from /control/state, kept fresh by /control/stream.
export const store = {
  me: '', users: new Map(), groups: new Map(), channels: new Map(), messages: new Map(),
  views: {}, homes: {}, commands: [], shortcuts: [], samples: [], log: [], team: {}, bot: {}, skew: 0,
  current: '', thread: null, unread: new Map(), sockets: 0, overHttp: false, logOpen: false, logFilter: 'all', badRequests: 0,
  drafts: new Map(),
};

const byTs = (a, b) => Number(a.ts) - Number(b.ts);
const key = (m) => `${m.channel}/${m.ts}`;

export function load(state) {
  store.users = new Map(state.users.map((u) => [u.id, u]));
  store.groups = new Map(state.groups.map((g) => [g.id, g]));
  store.channels = new Map(state.channels.map((c) => [c.id, c]));
  store.messages = new Map(state.messages.map((m) => [key(m), m]));
  Object.assign(store, {
    views: state.views, homes: state.homes, commands: state.commands, shortcuts: state.shortcuts || [], samples: state.samples,
    log: state.log, team: state.team, bot: state.bot, sockets: state.sockets, overHttp: state.over_http,
  });
  store.badRequests = state.log.filter((e) => e.bad).length;
  if (!store.users.has(store.me)) store.me = remembered();
}

function remembered() {
  const people = [...store.users.values()].filter((u) => !u.is_bot);
  const kept = localStorage.getItem('local-slack-me');
  return (people.find((u) => u.id === kept) || people[0])?.id || '';
}

export function actAs(id) {
  store.me = id;
  localStorage.setItem('local-slack-me', id);
}

export const people = () => [...store.users.values()].filter((u) => !u.is_bot);
export const isMine = (m) => !m.visible_to || m.visible_to === store.me;

export function visibleChannels() {
  return [...store.channels.values()].filter((c) => (c.im_with ? c.im_with === store.me : c.members.includes(store.me)));
}

export function channelMessages(id) {
  return [...store.messages.values()]
    .filter((m) => m.channel === id && isMine(m) && (!m.is_reply || m.broadcast || (m.visible_to && !m.thread_ts)))
    .sort(byTs);
}

export function threadMessages(channel, ts) {
  return [...store.messages.values()]
    .filter((m) => m.channel === channel && isMine(m) && (m.ts === ts || m.thread_ts === ts))
    .sort(byTs);
}

export function put(message) {
  const known = store.messages.has(key(message));
  if (message.deleted) store.messages.delete(key(message));
  else store.messages.set(key(message), message);
  return known;
}

export const find = (channel, ts) => store.messages.get(`${channel}/${ts}`);
export const stackOf = (user) => store.views[user] || [];
