package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.testing.TestCertificate;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port with a certificate of its own. */
class TlsTest {
  @TempDir static Path folder;
  private static SSLContext trusting;
  private static EdgeServer edge;

  @BeforeAll
  static void start() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "server", TestCertificate.HERE);
    trusting = certificate.believing();
    HttpSettings defaults = HttpSettings.defaults();
    edge =
        new EdgeServer(
            folder,
            true,
            new HttpSettings(
                defaults.host(),
                0,
                defaults.maxBodyBytes(),
                defaults.idleTimeoutSeconds(),
                Optional.of(certificate.identity()),
                defaults.operator()));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void answersAreEncryptedAndSayThatBrowsersShallComeBackSo() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newBuilder()
            .sslContext(trusting)
            .build()
            .send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + edge.port() + "/healthz"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Strict-Transport-Security"))
        .hasValue("max-age=31536000");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
  }

  @Test
  void whoSpeaksInTheOpenIsNotAnswered() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", edge.port())) {
      socket.setSoTimeout(8_000);
      socket
          .getOutputStream()
          .write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).doesNotContain("200");
    }
  }

  @Test
  void brokenVersionsOfTlsAreRefused() throws Exception {
    for (String version : trusting.getSupportedSSLParameters().getProtocols()) {
      try (SSLSocket socket =
          (SSLSocket) trusting.getSocketFactory().createSocket("localhost", edge.port())) {
        socket.setEnabledProtocols(new String[] {version});
        if (version.equals("TLSv1.2") || version.equals("TLSv1.3")) {
          socket.startHandshake();
          assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        } else {
          assertThatThrownBy(socket::startHandshake)
              .as(version)
              .isInstanceOf(SSLHandshakeException.class);
        }
      }
    }
  }

  @Test
  void overAnOpenLineNothingIsSaidOfTls() {
    try (EdgeServer open = new EdgeServer(folder)) {
      assertThat(open.get("/healthz", null).getHeader("Strict-Transport-Security")).isNull();
    }
  }
}
