package chat.parley.client;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;

/**
 * Hears what a server says to the devices of a group, as it came and before anything is made of it;
 * on the group's loop, which it must not block. A frame that many devices receive within a moment
 * may be heard once.
 */
public interface Wiretap {
  /** Nobody listens. */
  Wiretap NONE = new Wiretap() {};

  /** The answer to a call; {@code path} is the request's, with its query. */
  default void answered(HttpMethod method, String path, HttpResponse<Buffer> answer) {}

  /** The text of a frame. */
  default void heard(String frame) {}
}
