interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

// May be called once only, so it is kept here and nowhere else.
const api = acquireVsCodeApi();

/** A page's typed end of its channel to the host. */
export interface Host<ToHost> {
  post(message: ToHost): void;
}

/**
 * Listens to the host and then says that the page is ready, upon which the host sends everything.
 * Messages are objects with a `type`; anything else in the window is not ours.
 */
export function connectHost<FromHost, ToHost>(onMessage: (message: FromHost) => void): Host<ToHost> {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const { data } = event;
    if (typeof data === 'object' && data !== null && 'type' in data) onMessage(data as FromHost);
  });
  api.postMessage({ type: 'ready' });
  return { post: (message) => api.postMessage(message) };
}

/** What the page itself remembers while the host's window lives, such as what is folded; not the user's work. */
export function loadViewState<S extends object>(defaults: S): S {
  const saved = api.getState();
  return typeof saved === 'object' && saved !== null ? { ...defaults, ...(saved as Partial<S>) } : defaults;
}

/** See {@link loadViewState}. Also given to the panel's serializer after a reload, so it must tell what the panel shows. */
export function saveViewState(change: object): void {
  api.setState({ ...loadViewState({}), ...change });
}
