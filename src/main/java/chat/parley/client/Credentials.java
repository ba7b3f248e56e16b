package chat.parley.client;

import io.vertx.core.Future;
import java.util.UUID;

/**
 * A device's session, renewed in place. Whoever holds it always has the newest token. Safe from any
 * thread.
 */
public final class Credentials {
  private final ParleyApi api;
  private volatile Session session;
  private String renewalId = freshId();
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
   * Renews the tokens; calls at the same time share one request, and who calls again after an
   * answer got lost has that answer. Fails as {@link ParleyApi#refresh} does.
   */
  public synchronized Future<Session> refresh() {
    if (refreshing == null || refreshing.isComplete()) {
      refreshing = api.refresh(session, renewalId).onSuccess(this::renewed);
    }
    return refreshing;
  }

  private synchronized void renewed(Session now) {
    session = now;
    renewalId = freshId();
  }

  private static String freshId() {
    return UUID.randomUUID().toString();
  }
}
