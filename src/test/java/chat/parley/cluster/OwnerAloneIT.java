package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.ParleyServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node that owns conversations and is no gateway. */
class OwnerAloneIT {
  @Test
  void itTellsAnOperatorHowItIsAndNobodyElseAnything() throws IOException {
    int port = ParleyServer.freePort();
    try (ParleyServer owner =
        ParleyServer.onSharedStack(
            Map.of("roles", "ingest,relay", "http.port", Integer.toString(port)))) {
      // It was waited for by its /readyz.
      assertThat(status(owner, "/healthz")).isEqualTo(200);
      assertThat(owner.metrics().sum("parley_log_shards_held")).isEqualTo(256);
      assertThat(status(owner, "/v1/users/me")).isEqualTo(404);
      assertThat(status(owner, "/")).isEqualTo(404);
    }
  }

  private static int status(ParleyServer server, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) new URL(server.httpUrl() + path).openConnection();
    return connection.getResponseCode();
  }
}
