/** What every request of this page says about who sends it; the cookie itself is out of reach for scripts. */
interface Identity {
  csrfToken: string | null;
  workspaceId: string | null;
}

export const identity: Identity = { csrfToken: null, workspaceId: null };

export function identify(request: Request) {
  if (identity.csrfToken && request.method !== 'GET') {
    request.headers.set('X-CSRF-Token', identity.csrfToken);
  }
  if (identity.workspaceId) {
    request.headers.set('X-Workspace-Id', identity.workspaceId);
  }
}
