// Talking to the control API. A failure is shown to the person, never swallowed.
import { store } from './store.js';
import { toast } from './toast.js';

export async function act(name, body = {}) {
  try {
    const answer = await fetch(`/control/${name}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ by: store.me, ...body }),
    });
    const found = await answer.json();
    if (!found.ok) toast(found.error, 'bad');
    return found;
  } catch {
    toast('The local Slack does not answer.', 'bad');
    return { ok: false };
  }
}

export const loadState = async () => (await fetch('/control/state')).json();
