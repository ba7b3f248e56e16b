package chat.parley.client;

import io.vertx.core.Future;

/**
 * A device's session, renewed in place. Whoever holds it always has the newest token. Safe from any
 * thread.
 */
public final class Credentials {
  private final ParleyApi api;
  private volatile Session session;
  private Future<Session> refreshing;

  /** Takes the session over; {@code api} is asked to renew it. */
  public Credentials(ParleyApi api, Session session) {
    this.api = api;
    this.session = session;
  }

  /** The session as it is now. */
  public Session session() {
    return session;
  }

  /**
   * Renews the tokens; calls at the same time share one request. Fails as {@link ParleyApi#refresh}
   * does.
   */
  public synchronized Future<Session> refresh() {
    if (refreshing == null || refreshing.isComplete()) {
      refreshing = api.refresh(session).onSuccess(renewed -> session = renewed);
    }
    return refreshing;
  }
}
