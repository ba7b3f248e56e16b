package chat.parley.gateway;

import java.util.Map;

/**
 * A refusal for which HTTP has a status of its own and PROTOCOL has no code: the code is {@code
 * bad_request}, the status says which. Carries no stack trace: it is an answer, not a fault.
 */
final class HttpRefusal extends RuntimeException {
  static final int METHOD_NOT_ALLOWED = 405;
  static final int NOT_ACCEPTABLE = 406;
  static final int UNSUPPORTED_MEDIA_TYPE = 415;
  static final int UPGRADE_REQUIRED = 426;

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Map<String, String> headers;

  /** {@code headers} go out with the answer. */
  HttpRefusal(int status, String detail, Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.headers = headers;
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }
}
